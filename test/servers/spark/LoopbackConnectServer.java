import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.service.SparkConnectService;
import org.apache.spark.sql.connect.service.SparkConnectService$;
import org.sparkproject.connect.grpc.Server;
import org.sparkproject.connect.grpc.netty.NettyServerBuilder;

/**
 * What SparkConnectServer of Spark 3.5 does, on this machine's own address: 3.5 listens everywhere, without asking who
 * calls, and has no setting for it.
 */
public final class LoopbackConnectServer {
  /** As much as Spark takes in one message by default. */
  private static final int MAX_MESSAGE_BYTES = 128 * 1024 * 1024;

  private LoopbackConnectServer() {}

  public static void main(String[] args) throws Exception {
    SparkSession session = SparkSession.builder().getOrCreate();
    int port = session.sparkContext().conf().getInt("spark.connect.grpc.binding.port", 15002);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .addService(new SparkConnectService(false))
            .build()
            .start();
    SparkConnectService$.MODULE$.server_$eq(server);
    server.awaitTermination();
  }
}

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.SafeModeAction;

/** What an administrator does, by HTTP: {@code /failover?to=1}, {@code /quota?path=/p&names=3}, …; 200, or 500 with the reason. */
final class Control {
  private final Cluster cluster;

  Control(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Returns the port. */
  int start() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int status = 200;
    String text = "done";
    try {
      perform(exchange.getRequestURI().getPath().substring(1), parameters(exchange.getRequestURI().getRawQuery()));
    } catch (Exception e) {
      status = 500;
      text = e.toString();
    }
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void perform(String act, Map<String, String> p) throws Exception {
    switch (act) {
      case "failover" -> cluster.activate(Integer.parseInt(p.get("to")));
      case "stop-name" -> cluster.stopName(Integer.parseInt(p.get("i")));
      case "start-name" -> cluster.startName(Integer.parseInt(p.get("i")));
      case "stop-data" -> cluster.stopData();
      case "start-data" -> cluster.startData();
      default -> {
        try (DistributedFileSystem files = cluster.files()) {
          perform(act, p, files);
        }
      }
    }
  }

  private void perform(String act, Map<String, String> p, DistributedFileSystem files) throws Exception {
    switch (act) {
      case "safe-mode" ->
          files.setSafeMode(p.get("on").equals("1") ? SafeModeAction.SAFEMODE_ENTER : SafeModeAction.SAFEMODE_LEAVE);
      case "quota" -> files.setQuota(new Path(p.get("path")), Long.parseLong(p.get("names")), -1);
      case "permission" -> files.setPermission(new Path(p.get("path")), new FsPermission(p.get("mode")));
      case "age" -> age(files, new Path(p.get("path")), Long.parseLong(p.get("ms")));
      case "write" -> {
        try (FSDataOutputStream out = files.create(new Path(p.get("path")), true)) {
          out.write(p.get("text").getBytes(StandardCharsets.UTF_8));
        }
      }
      default -> throw new IllegalArgumentException(act);
    }
  }

  /** Makes all files below a path look as if they had been written earlier. */
  private static void age(DistributedFileSystem files, Path path, long ms) throws IOException {
    for (RemoteIterator<LocatedFileStatus> found = files.listFiles(path, true); found.hasNext(); ) {
      LocatedFileStatus file = found.next();
      files.setTimes(file.getPath(), file.getModificationTime() - ms, -1);
    }
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> found = new HashMap<>();
    for (String part : query == null ? new String[] {} : query.split("&")) {
      int end = part.indexOf('=');
      found.put(part.substring(0, end), URLDecoder.decode(part.substring(end + 1), StandardCharsets.UTF_8));
    }
    return found;
  }
}

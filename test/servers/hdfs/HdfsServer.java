import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.util.ExitUtil;

/**
 * A real HDFS for tests, in one process: NameNode, DataNode, WebHDFS, and a control port for what an administrator does.
 *
 * <p>Arguments: {@code ha} (two NameNodes), {@code kerberos} (a KDC, and everything secured by it),
 * {@code conf.KEY=VALUE} (any Hadoop setting). When all is up, one line {@code READY {…}} with the ports comes on
 * stdout. It ends, and removes its files, when stdin is closed: nothing outlives the test run that started it.
 */
public final class HdfsServer {
  public static void main(String[] args) throws Exception {
    Map<String, String> settings = new HashMap<>();
    boolean ha = false;
    boolean kerberos = false;
    for (String arg : args) {
      if (arg.equals("ha")) ha = true;
      else if (arg.equals("kerberos")) kerberos = true;
      else if (arg.startsWith("conf.")) {
        int end = arg.indexOf('=');
        settings.put(arg.substring("conf.".length(), end), arg.substring(end + 1));
      } else throw new IllegalArgumentException(arg);
    }
    // A daemon that gives up must not end the process that others are tested in.
    ExitUtil.disableSystemExit();
    DefaultMetricsSystem.setMiniClusterMode(true);
    File folder = Files.createTempDirectory("cairn-hdfs-").toFile();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
    new Thread(HdfsServer::endWithStdin).start();

    Kdc kdc = kerberos ? new Kdc(folder) : null;
    Cluster cluster = new Cluster(folder, ha, kdc, settings);
    cluster.start();
    if (kdc != null) kdc.writeTokens(cluster.configuration(), cluster.uri());
    Control control = new Control(cluster);
    System.out.println(
        "READY {\"folder\":\"" + folder + "\",\"control\":" + control.start() + "," + cluster.ports() + "}");
    System.out.flush();
  }

  private static void endWithStdin() {
    try {
      while (System.in.read() >= 0) continue;
    } catch (java.io.IOException e) {
      System.err.println("stdin: " + e);
    }
    System.exit(0);
  }

  private static void delete(File folder) {
    try (Stream<Path> paths = Files.walk(folder.toPath())) {
      paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (java.io.IOException | java.io.UncheckedIOException e) {
      System.err.println("Cannot remove " + folder + ": " + e);
    }
  }
}

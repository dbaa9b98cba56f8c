import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.util.ExitUtil;

/**
 * A real HDFS for tests, in one process: NameNode, DataNode, WebHDFS, and a control port for what an administrator does.
 *
 * <p>Arguments: a new folder for all its files; {@code ha} (two NameNodes), {@code kerberos} (a KDC, and everything
 * secured by it), {@code conf.KEY=VALUE} (any Hadoop setting). When all is up, {@code ready.json} in the folder has the
 * ports. When it is told to end, it removes the folder: nothing outlives the test run that started it.
 */
public final class HdfsServer {
  public static void main(String[] args) throws Exception {
    File folder = new File(args[0]);
    Map<String, String> settings = new HashMap<>();
    boolean ha = false;
    boolean kerberos = false;
    for (String arg : Arrays.copyOfRange(args, 1, args.length)) {
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
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder)));

    Kdc kdc = kerberos ? new Kdc(folder) : null;
    Cluster cluster = new Cluster(folder, ha, kdc, settings);
    cluster.start();
    if (kdc != null) kdc.writeTokens(cluster.configuration(), cluster.uri());
    int control = new Control(cluster).start();
    Path ready = folder.toPath().resolve("ready.json");
    Path written = folder.toPath().resolve("ready.new");
    Files.writeString(written, "{\"control\":" + control + "," + cluster.ports() + "}");
    Files.move(written, ready, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The daemons still write while the folder is removed, so that once may not be enough. */
  private static void end(File folder) {
    for (int tries = 0; tries < 5 && folder.exists(); tries++) delete(folder);
    Runtime.getRuntime().halt(0);
  }

  private static void delete(File folder) {
    try (Stream<Path> paths = Files.walk(folder.toPath())) {
      paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (java.io.IOException | java.io.UncheckedIOException e) {
      System.err.println(e);
    }
  }
}

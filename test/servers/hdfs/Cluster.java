import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.ha.HAServiceProtocol.RequestSource;
import org.apache.hadoop.ha.HAServiceProtocol.StateChangeRequestInfo;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.DatanodeReportType;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.hdfs.server.namenode.NameNode;

/** One NameNode, or two with a shared folder of edits, and one DataNode. */
final class Cluster {
  /** Kerberos names the host; an address has no principal. */
  private final String host;
  private final File folder;
  private final boolean ha;
  private final Kdc kdc;
  private final Map<String, String> settings;
  private final int[] rpc;
  private final int[] http;
  private final NameNode[] names;
  private DataNode data;
  /** The DataNode comes back on the port it had. */
  private int dataHttp = 0;

  Cluster(File folder, boolean ha, Kdc kdc, Map<String, String> settings) throws IOException {
    this.folder = folder;
    this.ha = ha;
    this.kdc = kdc;
    this.settings = settings;
    this.host = kdc == null ? "127.0.0.1" : "localhost";
    int count = ha ? 2 : 1;
    this.rpc = freePorts(count);
    this.http = freePorts(count);
    this.names = new NameNode[count];
  }

  void start() throws Exception {
    for (int i = 0; i < names.length; i++) new File(folder, "name" + i).mkdirs();
    if (kdc != null) kdc.login(configuration());
    NameNode.format(nameConfiguration(0));
    if (ha) copyImage();
    for (int i = 0; i < names.length; i++) startName(i);
    if (ha) activate(0);
    startData();
    try (DistributedFileSystem files = files()) {
      while (files.getDataNodeStats(DatanodeReportType.LIVE).length < 1 || names[0].isInSafeMode()) Thread.sleep(50);
      Path open = new Path("/tmp");
      files.mkdirs(open);
      files.setPermission(open, new FsPermission((short) 01777));
    }
  }

  /** The standby begins as a copy of the formatted image. */
  private void copyImage() throws IOException {
    File to = new File(folder, "name1/current");
    to.mkdirs();
    for (File from : new File(folder, "name0/current").listFiles()) {
      Files.copy(from.toPath(), new File(to, from.getName()).toPath(), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  Configuration configuration() {
    Configuration c = new Configuration();
    c.setInt("dfs.replication", 1);
    c.setInt("dfs.heartbeat.interval", 1);
    c.setInt("dfs.namenode.safemode.extension", 0);
    c.setInt("dfs.namenode.handler.count", 4);
    c.setInt("dfs.datanode.handler.count", 4);
    c.setLong("dfs.namenode.resource.du.reserved", 0);
    c.setInt("dfs.ha.tail-edits.period", 1);
    c.setInt("dfs.client.failover.sleep.base.millis", 50);
    // A DataNode writes for a WebHDFS client through a client of its own, which sleeps 400 ms when the NameNode has
    // not heard of the block yet. That is most of the time of a test; 5 ms at first, then doubled, changes nothing else.
    c.setInt("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", 5);
    c.setInt("dfs.client.block.write.locateFollowingBlock.retries", 10);
    c.setBoolean("fs.hdfs.impl.disable.cache", true);
    if (ha) {
      c.set("dfs.nameservices", "ns1");
      c.set("dfs.ha.namenodes.ns1", "nn0,nn1");
      c.set("dfs.client.failover.proxy.provider.ns1",
          "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider");
    }
    for (int i = 0; i < names.length; i++) {
      String suffix = ha ? ".ns1.nn" + i : "";
      c.set("dfs.namenode.rpc-address" + suffix, host + ":" + rpc[i]);
      c.set("dfs.namenode.http-address" + suffix, host + ":" + http[i]);
    }
    c.set("fs.defaultFS", uri().toString());
    if (kdc != null) kdc.secure(c);
    settings.forEach(c::set);
    return c;
  }

  private Configuration nameConfiguration(int i) {
    Configuration c = configuration();
    c.set("dfs.namenode.name.dir", new File(folder, "name" + i).toURI().toString());
    if (ha) {
      c.set("dfs.ha.namenode.id", "nn" + i);
      c.set("dfs.namenode.shared.edits.dir", new File(folder, "shared").toURI().toString());
    }
    return c;
  }

  URI uri() {
    return URI.create(ha ? "hdfs://ns1" : "hdfs://" + host + ":" + rpc[0]);
  }

  /** The file system as its administrator sees it; closed by the caller. */
  DistributedFileSystem files() throws IOException {
    return (DistributedFileSystem) FileSystem.newInstance(uri(), configuration());
  }

  void startName(int i) throws IOException {
    names[i] = NameNode.createNameNode(new String[] {}, nameConfiguration(i));
  }

  void stopName(int i) {
    names[i].stop();
    names[i].join();
    names[i] = null;
  }

  void startData() throws IOException {
    Configuration c = configuration();
    c.set("dfs.datanode.data.dir", new File(folder, "data").toURI().toString());
    c.set("dfs.datanode.address", host + ":0");
    c.set("dfs.datanode.ipc.address", host + ":0");
    c.set("dfs.datanode.http.address", host + ":" + dataHttp);
    c.set("dfs.datanode.hostname", host);
    data = DataNode.createDataNode(new String[] {}, c);
    dataHttp = data.getInfoPort();
  }

  void stopData() {
    data.shutdown();
    data = null;
  }

  /** Makes NameNode {@code i} the active one, and a running other one the standby first. */
  void activate(int i) throws IOException {
    StateChangeRequestInfo request = new StateChangeRequestInfo(RequestSource.REQUEST_BY_USER_FORCED);
    NameNode other = names[1 - i];
    if (other != null && other.getState().equals("active")) other.getRpcServer().transitionToStandby(request);
    names[i].getRpcServer().transitionToActive(request);
  }

  /** Members of a JSON object. */
  String ports() {
    StringJoiner nameNodes = new StringJoiner(",", "[", "]");
    for (int i = 0; i < names.length; i++) {
      nameNodes.add("{\"rpc\":\"" + host + ":" + rpc[i] + "\",\"http\":\"" + host + ":" + http[i] + "\"}");
    }
    return "\"uri\":\"" + uri() + "\",\"nameNodes\":" + nameNodes + ",\"dataNode\":\"" + host + ":" + dataHttp + "\"";
  }

  private static int[] freePorts(int count) throws IOException {
    ServerSocket[] sockets = new ServerSocket[count];
    int[] ports = new int[count];
    for (int i = 0; i < count; i++) {
      sockets[i] = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      ports[i] = sockets[i].getLocalPort();
    }
    for (ServerSocket socket : sockets) socket.close();
    return ports;
  }
}

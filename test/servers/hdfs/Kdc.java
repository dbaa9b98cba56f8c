import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.security.PrivilegedExceptionAction;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * A Kerberos server, and what NameNode and DataNode need of it. In the folder it leaves {@code krb5.conf} and, for the
 * user alice, {@code alice.keytab} and token files of both formats, {@code token.v0} and {@code token.v1}.
 */
final class Kdc {
  private final File folder;
  private final MiniKdc server;
  private final File serviceKeys;
  private final File userKeys;
  private final String service;
  private final String web;
  private final String user;

  Kdc(File folder) throws Exception {
    this.folder = folder;
    server = new MiniKdc(settings(), folder);
    server.start();
    Files.copy(server.getKrb5conf().toPath(), folder.toPath().resolve("krb5.conf"));
    serviceKeys = new File(folder, "service.keytab");
    userKeys = new File(folder, "alice.keytab");
    server.createPrincipal(serviceKeys, "hdfs/localhost", "HTTP/localhost");
    server.createPrincipal(userKeys, "alice");
    service = "hdfs/localhost@" + server.getRealm();
    web = "HTTP/localhost@" + server.getRealm();
    user = "alice@" + server.getRealm();
  }

  private static Properties settings() {
    Properties settings = MiniKdc.createConf();
    settings.setProperty(MiniKdc.KDC_PORT, "0");
    return settings;
  }

  void secure(Configuration c) {
    c.set("hadoop.security.authentication", "kerberos");
    c.set("hadoop.http.authentication.type", "kerberos");
    c.set("hadoop.http.authentication.kerberos.principal", web);
    c.set("hadoop.http.authentication.kerberos.keytab", serviceKeys.getPath());
    c.set("dfs.web.authentication.kerberos.principal", web);
    c.set("dfs.web.authentication.kerberos.keytab", serviceKeys.getPath());
    for (String daemon : new String[] {"namenode", "datanode"}) {
      c.set("dfs." + daemon + ".kerberos.principal", service);
      c.set("dfs." + daemon + ".keytab.file", serviceKeys.getPath());
    }
    c.setBoolean("dfs.block.access.token.enable", true);
    c.setBoolean("ignore.secure.ports.for.testing", true);
  }

  void login(Configuration c) throws IOException {
    UserGroupInformation.setConfiguration(c);
    UserGroupInformation.loginUserFromKeytab(service, serviceKeys.getPath());
  }

  void writeTokens(Configuration c, URI uri) throws Exception {
    UserGroupInformation alice = UserGroupInformation.loginUserFromKeytabAndReturnUGI(user, userKeys.getPath());
    alice.doAs((PrivilegedExceptionAction<Void>) () -> {
      Credentials credentials = new Credentials();
      try (FileSystem files = FileSystem.newInstance(uri, c)) {
        files.addDelegationTokens("alice", credentials);
      }
      write(credentials, "token.v0", Credentials.SerializedFormat.WRITABLE, c);
      write(credentials, "token.v1", Credentials.SerializedFormat.PROTOBUF, c);
      return null;
    });
  }

  private void write(Credentials credentials, String name, Credentials.SerializedFormat format, Configuration c)
      throws IOException {
    credentials.writeTokenStorageFile(new Path(new File(folder, name).toURI()), c, format);
  }
}

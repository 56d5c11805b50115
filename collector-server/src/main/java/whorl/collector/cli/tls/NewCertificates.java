package whorl.collector.cli.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A new CA with a certificate of a server and of an agent, in files. */
public final class NewCertificates {
  private NewCertificates() {}

  /**
   * Writes {@code ca.pem}, {@code server.pem}, {@code agent.pem} and their keys, {@code
   * NAME-key.pem} (mode 0600).
   *
   * @param hosts the server's names and addresses
   * @param lifetime of the certificates of server and agent
   */
  public static void write(Path folder, Instant now, List<String> hosts, Duration lifetime)
      throws IOException, GeneralSecurityException {
    TlsFolder files = new TlsFolder(folder);
    CertificateMaker maker = new CertificateMaker(now);
    CertificateMaker.Identity authority = maker.authority();
    CertificateMaker.Identity server = maker.server(authority, hosts, lifetime);
    CertificateMaker.Identity agent = maker.agent(authority, lifetime);
    files.write("ca", authority);
    files.write("server", server);
    files.write("agent", agent);
  }
}

package whorl.collector.custody.publish;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A time stamp authority: openssl's own {@code ts} behind a small server. */
public final class OpensslAuthority implements AutoCloseable {
  private final Path folder;
  private final HttpServer server;

  private OpensslAuthority(Path folder, HttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  public static OpensslAuthority start(Path folder) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    OpensslAuthority authority = new OpensslAuthority(folder, server);
    Assumptions.assumeTrue(isInstalled(), "openssl is not installed here");
    authority.makeKeys("ca", "tsa");
    server.createContext("/", authority::answer);
    server.start();
    return authority;
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
    } catch (IOException none) {
      return false;
    }
  }

  void makeKeys(String ca, String tsa) throws Exception {
    Files.writeString(
        folder.resolve("ext.cnf"),
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=digitalSignature\n");
    Files.writeString(
        folder.resolve("ts.cnf"),
        "[tsa]\ndefault_tsa=t\n[t]\nserial="
            + folder.resolve("serial")
            + "\ndefault_policy=1.2.3.4\ndigests=sha256\nsigner_digest=sha256\n"
            + "ess_cert_id_alg=sha256\naccuracy=secs:1\n");
    Files.writeString(folder.resolve("serial"), "01\n");
    run(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        ca + ".key",
        "-out",
        ca + ".pem",
        "-subj",
        "/CN=Test authority",
        "-days",
        "2");
    run(
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        tsa + ".key",
        "-out",
        tsa + ".csr",
        "-subj",
        "/CN=Test stamps");
    run(
        "x509",
        "-req",
        "-in",
        tsa + ".csr",
        "-CA",
        ca + ".pem",
        "-CAkey",
        ca + ".key",
        "-CAcreateserial",
        "-out",
        tsa + ".pem",
        "-days",
        "2",
        "-extfile",
        "ext.cnf");
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Files.write(folder.resolve("query.tsq"), exchange.getRequestBody().readAllBytes());
      byte[] response = reply("query.tsq");
      exchange.getResponseHeaders().set("Content-Type", "application/timestamp-reply");
      exchange.sendResponseHeaders(200, response.length);
      exchange.getResponseBody().write(response);
    }
  }

  private byte[] reply(String query) throws IOException {
    run(
        "ts",
        "-reply",
        "-config",
        "ts.cnf",
        "-queryfile",
        query,
        "-signer",
        "tsa.pem",
        "-inkey",
        "tsa.key",
        "-out",
        "reply.tsr");
    return Files.readAllBytes(folder.resolve("reply.tsr"));
  }

  /** The answer for these bytes, without a nonce. */
  public synchronized byte[] stamp(byte[] content) throws IOException {
    Files.write(folder.resolve("data"), content);
    run("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "own.tsq");
    return reply("own.tsq");
  }

  /** True if openssl accepts the answer for these bytes. */
  synchronized boolean verifies(byte[] content, byte[] response) throws IOException {
    Files.write(folder.resolve("data"), content);
    Files.write(folder.resolve("in.tsr"), response);
    return status("ts", "-verify", "-data", "data", "-in", "in.tsr", "-CAfile", "ca.pem") == 0;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/tsa");
  }

  public Path ca() {
    return folder.resolve("ca.pem");
  }

  private void run(String... arguments) throws IOException {
    if (status(arguments) != 0) {
      throw new IOException(
          "openssl "
              + List.of(arguments)
              + " failed: "
              + Files.readString(folder.resolve("openssl.out")));
    }
  }

  private int status(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.out").toFile())
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("openssl does not end");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

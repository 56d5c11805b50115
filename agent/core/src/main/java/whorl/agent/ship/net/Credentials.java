package whorl.agent.ship.net;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.agent.config.AgentConfig;
import whorl.agent.config.Secret;

/**
 * Token and TLS settings: the token is read for each request, the rest at each connection, because
 * mounted secrets change, and a projected service account token within an hour. Messages name
 * settings and files, never their content.
 */
public final class Credentials {
  private static final int MAX_TOKEN_BYTES = 8 << 10;

  private final AgentConfig.Collector config;

  public Credentials(AgentConfig.Collector config) {
    this.config = config;
  }

  /**
   * The value of the Authorization header; null if no token is set.
   *
   * @throws IOException if the token file cannot be read or holds no token
   */
  public @Nullable Secret authorization() throws IOException {
    Path file = config.tokenFile();
    Secret direct = config.token();
    if (direct == null && file == null) {
      return null;
    }
    String token = direct != null ? direct.reveal().strip() : read(file);
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) <= ' ' || token.charAt(i) > '~') {
        throw new IOException(
            (direct != null ? "collector.token" : "collector.token-file " + file)
                + " holds characters that no token has; expected one line of visible ASCII");
      }
    }
    return new Secret("Bearer " + token);
  }

  /**
   * JDK TLS with host name verification.
   *
   * @throws IOException if a PEM file cannot be read or used
   */
  public SslContext tls() throws IOException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .endpointIdentificationAlgorithm("HTTPS");
    Path ca = config.ca();
    if (ca != null) {
      try (InputStream in = Files.newInputStream(ca)) {
        builder.trustManager(in);
      } catch (IOException | IllegalArgumentException e) {
        throw new IOException(
            "collector.ca " + ca + " holds no PEM certificates that can be read: " + message(e), e);
      }
    }
    Path cert = config.clientCert();
    Path key = config.clientKey();
    if (cert != null && key != null) {
      try (InputStream certIn = Files.newInputStream(cert);
          InputStream keyIn = Files.newInputStream(key)) {
        builder.keyManager(certIn, keyIn);
      } catch (IOException | IllegalArgumentException e) {
        throw new IOException(
            "collector.client-cert "
                + cert
                + " and collector.client-key "
                + key
                + " are no PEM chain and unencrypted PKCS #8 key: "
                + message(e),
            e);
      }
    } else if (cert != null || key != null) {
      throw new IOException(
          "collector.client-cert and collector.client-key go together; only one is set");
    }
    try {
      return builder.build();
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("TLS cannot be set up: " + message(e), e);
    }
  }

  private static String read(@Nullable Path file) throws IOException {
    if (file == null) {
      throw new IOException("no collector.token-file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      String token = new String(in.readNBytes(MAX_TOKEN_BYTES), StandardCharsets.UTF_8).strip();
      if (token.isEmpty()) {
        throw new IOException("it is empty");
      }
      return token;
    } catch (IOException e) {
      throw new IOException("collector.token-file " + file + " cannot be used: " + message(e), e);
    }
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}

package whorl.collector.http.server;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import whorl.collector.config.RsaKey;
import whorl.collector.config.TlsFiles;
import whorl.collector.limit.SlowClients;

/**
 * The TLS handler of a connection. Every name gets the same certificate; it is an {@link
 * SniHandler} because that limits the size of the first message, which is parsed before the client
 * is known.
 */
final class TlsAdmission extends SniHandler {
  private static final int MAX_CLIENT_HELLO_BYTES = 16 << 10;

  /** What the JDK keeps at most of a handshake that is not done, with the longest first message. */
  private static final int HANDSHAKE_BYTES = 32 << 10;

  /** Ciphers with forward secrecy and authenticated encryption. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final long handshakeMillis;
  private final SlowClients.Connection slowClient;

  TlsAdmission(SslContext context, Duration handshake, SlowClients.Connection slowClient) {
    super(name -> context, MAX_CLIENT_HELLO_BYTES, handshake.toMillis());
    this.handshakeMillis = handshake.toMillis();
    this.slowClient = slowClient;
    slowClient.transport(() -> internalBuffer().capacity());
  }

  /**
   * @throws IOException naming the file and the remedy
   */
  static SslContext context(TlsFiles files) throws IOException {
    requireReadable(files.certificate());
    requireReadable(files.key());
    byte[] key =
        RsaKey.pkcs8(Files.readString(files.key(), StandardCharsets.ISO_8859_1))
            .getBytes(StandardCharsets.ISO_8859_1);
    try (InputStream certificate = Files.newInputStream(files.certificate())) {
      SslContextBuilder builder =
          SslContextBuilder.forServer(certificate, new ByteArrayInputStream(key))
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
      Path clientCa = files.clientCa();
      if (clientCa != null) {
        requireReadable(clientCa);
        builder.trustManager(clientCa.toFile()).clientAuth(ClientAuth.OPTIONAL);
      }
      return builder.build();
    } catch (IllegalArgumentException | SSLException e) {
      throw new IOException(
          "TLS files "
              + files.certificate()
              + ", "
              + files.key()
              + ": a PEM certificate chain and its unencrypted key are needed, PKCS#8 or an RSA key"
              + " in PKCS#1 (openssl pkcs8 -topk8 -nodes converts others): "
              + e.getMessage(),
          e);
    }
  }

  @Override
  protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    MeasuredTls handler = new MeasuredTls(context.newEngine(allocator));
    handler.setHandshakeTimeoutMillis(handshakeMillis);
    slowClient.transport(handler::heldBytes);
    return handler;
  }

  private static final class MeasuredTls extends SslHandler {
    MeasuredTls(SSLEngine engine) {
      super(engine);
    }

    /** What a handshake, or a record, takes that is not complete, in bytes. */
    long heldBytes() {
      int record = internalBuffer().capacity();
      return handshakeFuture().isDone() ? record : record + HANDSHAKE_BYTES;
    }
  }

  private static void requireReadable(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException("cannot read the TLS file " + file);
    }
  }
}

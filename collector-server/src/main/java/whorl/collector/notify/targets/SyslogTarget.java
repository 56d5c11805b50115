package whorl.collector.notify.targets;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.Target;

/**
 * Sends messages to a syslog receiver. Syslog has no answer, so each batch has a connection of its
 * own, which ends only when the receiver has ended it too: one that is gone is noticed then, and
 * the batch is sent again.
 */
final class SyslogTarget implements Target {
  private static final int BATCH = 50;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int END_MILLIS = 5_000;
  private static final int DRAIN_BYTES = 1_024;
  private static final int DRAINS_MAX = 64;
  private static final Duration WHOLE = Duration.ofSeconds(20);

  private final SyslogSettings settings;
  private final Trust trust;
  private final String host;

  SyslogTarget(SyslogSettings settings) {
    this.settings = settings;
    this.trust = new Trust(settings.ca());
    String name = System.getenv("HOSTNAME");
    this.host = name == null || name.isBlank() ? "whorl-collector" : name;
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    InetAddress[] addresses = Addresses.of(settings.host(), settings.allowLocal());
    if (settings.transport() == SyslogSettings.Transport.UDP) {
      sendDatagrams(messages, addresses[0]);
      return "sent; with UDP there is no answer";
    }
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (Message message : messages) {
      byte[] line = SyslogLine.of(message, settings.facility(), host);
      frames.writeBytes((line.length + " ").getBytes(StandardCharsets.US_ASCII));
      frames.writeBytes(line);
    }
    try (Deadline deadline = Deadline.in(WHOLE);
        Socket plain = new Socket()) {
      try {
        deadline.watch(plain);
        connect(plain, addresses);
        return settings.transport() == SyslogSettings.Transport.TLS
            ? sendEncrypted(plain, frames.toByteArray())
            : send(plain, frames.toByteArray(), "");
      } catch (IOException e) {
        throw deadline.explain(e);
      }
    }
  }

  private void connect(Socket socket, InetAddress[] addresses) throws IOException {
    String place = settings.host() + ":" + settings.port();
    try {
      socket.connect(new InetSocketAddress(addresses[0], settings.port()), CONNECT_MILLIS);
      socket.setSoTimeout((int) WHOLE.toMillis());
    } catch (IOException e) {
      throw new IOException("no connection to " + place + ": " + e.getMessage(), e);
    }
  }

  private String sendEncrypted(Socket plain, byte[] frames) throws IOException {
    try (SSLSocket tls =
        (SSLSocket)
            trust
                .context()
                .getSocketFactory()
                .createSocket(plain, settings.host(), settings.port(), true)) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 5425, 5.2: the host's name
      tls.setSSLParameters(parameters);
      tls.startHandshake();
      return send(tls, frames, " with " + tls.getSession().getProtocol());
    }
  }

  private static String send(Socket socket, byte[] frames, String how) throws IOException {
    socket.getOutputStream().write(frames);
    socket.getOutputStream().flush();
    socket.shutdownOutput();
    return "sent" + how + (isEnded(socket) ? ", and read to the end" : "; no end was confirmed");
  }

  /** Waits until the other side has read everything, and ended the connection too. */
  private static boolean isEnded(Socket socket) throws IOException {
    socket.setSoTimeout(END_MILLIS);
    InputStream in = socket.getInputStream();
    byte[] drained = new byte[DRAIN_BYTES];
    try {
      for (int i = 0; i < DRAINS_MAX; i++) {
        if (in.read(drained) < 0) {
          return true;
        }
      }
    } catch (SocketTimeoutException e) {
      return false; // some receivers keep connections open
    }
    return false;
  }

  private void sendDatagrams(List<Message> messages, InetAddress address) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      for (Message message : messages) {
        byte[] line = SyslogLine.of(message, settings.facility(), host);
        socket.send(new DatagramPacket(line, line.length, address, settings.port()));
      }
    }
  }

  @Override
  public String toString() {
    return "syslog " + settings.transport().name().toLowerCase(Locale.ROOT);
  }
}

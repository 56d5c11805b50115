package whorl.collector.notify.targets;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A mail server that keeps mails, with STARTTLS and AUTH PLAIN. */
final class MailServer implements AutoCloseable {
  final List<String> mails = new CopyOnWriteArrayList<>();
  final List<String> commands = new CopyOnWriteArrayList<>();
  volatile String answerToRecipient = "250 ok";

  /** Only addresses that have this get that answer. */
  volatile String answeredRecipient = "";

  volatile String answerToMail = "250 queued as 42";
  volatile String answerToLogin = "235 welcome";
  volatile boolean silent;
  private final ServerSocket server;
  private final SSLContext tls;
  private final boolean encryptedFromTheBeginning;

  /**
   * @param tls null for a server without STARTTLS
   */
  MailServer(SSLContext tls) throws IOException {
    this(tls, false);
  }

  MailServer(SSLContext tls, boolean encryptedFromTheBeginning) throws IOException {
    this.tls = tls;
    this.encryptedFromTheBeginning = encryptedFromTheBeginning;
    this.server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
    Thread thread = new Thread(this::run);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  private void run() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> serve(socket));
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // the test ends
      }
    }
  }

  private void serve(Socket first) {
    Socket socket = first;
    try {
      if (encryptedFromTheBeginning) {
        socket = encrypted(socket);
      }
      BufferedReader in = reader(socket);
      if (silent) {
        in.readLine(); // until the client has enough
        return;
      }
      send(socket, "220 test ESMTP");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        commands.add(line);
        String command = line.split("[ :]", 2)[0].toUpperCase(java.util.Locale.ROOT);
        switch (command) {
          case "EHLO" -> {
            boolean offers = tls != null && !(socket instanceof SSLSocket);
            send(socket, "250-test", offers ? "250-STARTTLS" : "250-8BITMIME", "250 AUTH PLAIN");
          }
          case "STARTTLS" -> {
            send(socket, "220 go on");
            socket = encrypted(socket);
            in = reader(socket);
          }
          case "AUTH" -> send(socket, answerToLogin);
          case "RCPT" ->
              send(socket, line.contains(answeredRecipient) ? answerToRecipient : "250 ok");
          case "DATA" -> {
            send(socket, "354 go on");
            StringBuilder mail = new StringBuilder();
            for (String each = in.readLine(); !".".equals(each); each = in.readLine()) {
              mail.append(each).append('\n');
            }
            mails.add(mail.toString());
            send(socket, answerToMail);
          }
          case "QUIT" -> {
            send(socket, "221 bye");
            socket.close();
            return;
          }
          default -> send(socket, "250 ok");
        }
      }
    } catch (IOException e) {
      commands.add("ended: " + e.getMessage());
    }
  }

  private SSLSocket encrypted(Socket below) throws IOException {
    SSLSocket encrypted =
        (SSLSocket) tls.getSocketFactory().createSocket(below, "localhost", below.getPort(), true);
    encrypted.setUseClientMode(false);
    encrypted.startHandshake();
    return encrypted;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private static void send(Socket socket, String... lines) throws IOException {
    socket
        .getOutputStream()
        .write((String.join("\r\n", lines) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

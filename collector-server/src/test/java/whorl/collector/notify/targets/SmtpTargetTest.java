package whorl.collector.notify.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;
import whorl.collector.notify.targets.SmtpSettings.Tls;
import whorl.collector.testkit.TestAuthority;

@Timeout(90)
class SmtpTargetTest {
  @TempDir private Path folder;

  private static SmtpSettings settings(MailServer server, Tls tls, Path password, Path ca) {
    return new SmtpSettings(
        "localhost",
        server.port(),
        tls,
        password == null ? null : "whorl",
        password == null ? null : new SecretFile(password),
        "whorl@example.org",
        List.of("on-call@example.org", "soc@example.org"),
        ca,
        true);
  }

  @Test
  void mail_isPlainTextAndHtml_withTheSameIdAtEachAttempt() throws Exception {
    try (MailServer server = new MailServer(null);
        Target target = settings(server, Tls.NONE, null, null).open()) {
      assertThat(target.deliver(List.of(Samples.message()))).contains("250");
      target.deliver(List.of(Samples.message()));

      MimeMessage mail = parsed(server.mails.get(0));
      assertThat(mail.getSubject()).startsWith("[Whorl] high: A shell was started <by> \"Bob\"");
      assertThat(mail.getAllRecipients()).hasSize(2);
      assertThat(mail.getHeader("Message-ID", null))
          .isEqualTo("<" + Samples.ID + "@example.org>")
          .isEqualTo(parsed(server.mails.get(1)).getHeader("Message-ID", null));
      MimeMultipart parts = (MimeMultipart) mail.getContent();
      assertThat((String) parts.getBodyPart(0).getContent())
          .contains("Rule: rule-1")
          .contains("https://whorl.example.org/#/alerts/alert-0001");
      assertThat((String) parts.getBodyPart(1).getContent())
          .contains("&lt;by&gt;")
          .doesNotContain("<by>");
    }
  }

  @Test
  void serverWithoutAnEndOfItsLine_isLeftAfterTheFirstBytes() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      Thread endless = new Thread(() -> sendWithoutEnd(server));
      endless.setDaemon(true);
      endless.start();
      SmtpSettings settings =
          new SmtpSettings(
              "localhost",
              server.getLocalPort(),
              Tls.NONE,
              null,
              null,
              "whorl@example.org",
              List.of("on-call@example.org"),
              null,
              true);
      try (Target target = settings.open()) {
        assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
            .isInstanceOf(IOException.class);
      }
      endless.join(20_000);
      assertThat(endless.isAlive()).isFalse();
    }
  }

  private static MimeMessage parsed(String mail) throws Exception {
    return new MimeMessage(
        Session.getInstance(new Properties()),
        new ByteArrayInputStream(mail.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void startTls_isRequired_andThePasswordOnlyGoesThere() throws Exception {
    TestAuthority authority = new TestAuthority();
    TestAuthority.Pair own =
        authority.sign("CN=localhost", new GeneralName(GeneralName.dNSName, "localhost"));
    Path ca =
        TestAuthority.write(
            folder.resolve("ca.pem"), "CERTIFICATE", authority.certificate().getEncoded());
    Path password = Files.writeString(folder.resolve("password"), "s3cr3t\n");
    try (MailServer server = new MailServer(authority.client(own));
        Target target = settings(server, Tls.STARTTLS, password, ca).open()) {
      target.deliver(List.of(Samples.message()));
      assertThat(server.mails).hasSize(1);
      String login =
          server.commands.stream().filter(each -> each.startsWith("AUTH PLAIN")).findFirst().get();
      assertThat(server.commands.indexOf(login)).isGreaterThan(server.commands.indexOf("STARTTLS"));
      assertThat(
              new String(Base64.getDecoder().decode(login.substring(11)), StandardCharsets.UTF_8))
          .endsWith("\0whorl\0s3cr3t");
    }
    try (MailServer plain = new MailServer(null);
        Target target = settings(plain, Tls.STARTTLS, password, ca).open()) {
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("STARTTLS");
      assertThat(plain.commands).noneMatch(each -> each.startsWith("AUTH"));
    }
    try (MailServer stranger = new MailServer(new TestAuthority().client(own));
        Target target = settings(stranger, Tls.STARTTLS, password, null).open()) {
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .isInstanceOf(IOException.class);
      assertThat(stranger.commands).noneMatch(each -> each.startsWith("AUTH"));
    }
  }

  /** A name may lead elsewhere when it is asked again. */
  @Test
  void tlsFromTheBeginning_isToTheAddressThatWasChecked_withTheNameOfTheSettings()
      throws Exception {
    TestAuthority authority = new TestAuthority();
    TestAuthority.Pair own =
        authority.sign("CN=mail", new GeneralName(GeneralName.dNSName, "mail.example.invalid"));
    Path password = Files.writeString(folder.resolve("password"), "s3cr3t\n");
    try (MailServer server = new MailServer(authority.client(own), true)) {
      Target named = encrypted(server.port(), "mail.example.invalid", password, authority);
      assertThat(named.deliver(List.of(Samples.message()))).contains("250");
      assertThat(server.mails).hasSize(1);
      assertThat(server.commands).anyMatch(each -> each.startsWith("AUTH PLAIN"));

      server.commands.clear();
      Target other = encrypted(server.port(), "other.example.invalid", password, authority);
      assertThatThrownBy(() -> other.deliver(List.of(Samples.message())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("other.example.invalid");
      assertThat(server.commands).noneMatch(each -> each.startsWith("AUTH"));
    }
  }

  private Target encrypted(int port, String host, Path password, TestAuthority authority)
      throws Exception {
    Path ca =
        TestAuthority.write(
            folder.resolve("ca.pem"), "CERTIFICATE", authority.certificate().getEncoded());
    SmtpSettings settings =
        new SmtpSettings(
            host,
            port,
            Tls.TLS,
            "whorl",
            new SecretFile(password),
            "whorl@example.org",
            List.of("on-call@example.org"),
            ca,
            true);
    return new SmtpTarget(
        settings, (name, allowLocal) -> new InetAddress[] {InetAddress.getByName("localhost")});
  }

  @Test
  void encryptedServerWithoutAnEndOfItsLine_isLeftAfterTheFirstBytes() throws Exception {
    TestAuthority authority = new TestAuthority();
    SSLContext tls =
        authority.client(
            authority.sign("CN=localhost", new GeneralName(GeneralName.dNSName, "localhost")));
    Path password = Files.writeString(folder.resolve("password"), "s3cr3t\n");
    try (ServerSocket server =
        tls.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      Thread endless = new Thread(() -> sendWithoutEnd(server));
      endless.setDaemon(true);
      endless.start();
      Target target = encrypted(server.getLocalPort(), "localhost", password, authority);
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .isInstanceOf(IOException.class);
      endless.join(20_000);
      assertThat(endless.isAlive()).isFalse();
    }
  }

  private static void sendWithoutEnd(ServerSocket server) {
    try (Socket socket = server.accept()) {
      byte[] more = new byte[64 << 10];
      Arrays.fill(more, (byte) '2');
      while (true) {
        socket.getOutputStream().write(more);
      }
    } catch (IOException closed) {
      // the other side has enough
    }
  }

  /** Who reads the collector's status is not who may send mail there. */
  @Test
  void passwordThatTheServerRepeats_isInNoMessage() throws Exception {
    TestAuthority authority = new TestAuthority();
    TestAuthority.Pair own =
        authority.sign("CN=localhost", new GeneralName(GeneralName.dNSName, "localhost"));
    Path password = Files.writeString(folder.resolve("password"), "s3cr3t\n");
    String login =
        Base64.getEncoder()
            .encodeToString("whorl\0whorl\0s3cr3t".getBytes(StandardCharsets.US_ASCII));
    try (MailServer server = new MailServer(authority.client(own), true)) {
      Target target = encrypted(server.port(), "localhost", password, authority);
      for (String echo : List.of("s3cr3t", login, "czNjcjN0")) {
        server.answerToLogin = "535 wrong: " + echo;
        assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
            .hasMessageContaining("535 wrong: •••")
            .satisfies(e -> assertThat(trace(e)).doesNotContain(echo));
      }
      server.answerToLogin = "235 welcome";
      server.answerToRecipient = "550 not with s3cr3t";
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .hasMessageContaining("550 not with •••")
          .satisfies(e -> assertThat(trace(e)).doesNotContain("s3cr3t"));
    }
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void recipientThatDoesNotExist_isARefusal_andAFullMailboxIsNot() throws Exception {
    try (MailServer server = new MailServer(null);
        Target target = settings(server, Tls.NONE, null, null).open()) {
      server.answerToRecipient = "550 no such user";
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("550");

      server.answerToRecipient = "452 mailbox is full";
      assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(RefusedException.class);
      assertThat(server.mails).isEmpty();
    }
  }

  @Test
  void addressThatTheServerRefuses_keepsTheMailFromNobodyElse() throws Exception {
    for (String answer : List.of("550 no such user", "452 mailbox is full")) {
      try (MailServer server = new MailServer(null);
          Target target = settings(server, Tls.NONE, null, null).open()) {
        server.answeredRecipient = "on-call@";
        server.answerToRecipient = answer;
        assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
            .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.isForGood()).isTrue())
            .hasMessageContaining("reached some of its addresses only")
            .hasMessageContaining(answer);
        assertThat(server.mails).hasSize(1);

        server.answerToMail = "451 later";
        assertThatThrownBy(() -> target.deliver(List.of(Samples.message())))
            .as("nobody has it yet")
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(RefusedException.class);
      }
    }
  }
}

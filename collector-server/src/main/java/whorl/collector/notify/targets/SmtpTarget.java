package whorl.collector.notify.targets;

import jakarta.mail.Address;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import whorl.collector.notify.message.Message;
import whorl.collector.notify.message.RefusedException;
import whorl.collector.notify.message.SecretFile;
import whorl.collector.notify.message.Target;
import whorl.evidence.Text;

/** Sends mails of plain text and short HTML, one connection for each. */
final class SmtpTarget implements Target {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int STEP_MILLIS = 15_000;
  private static final Duration WHOLE = Duration.ofSeconds(25);
  private static final int PERMANENT = 5;

  private final SmtpSettings settings;
  private final Trust trust;
  private final HttpSender.Resolver resolver;

  SmtpTarget(SmtpSettings settings) {
    this(settings, Addresses::of);
  }

  SmtpTarget(SmtpSettings settings, HttpSender.Resolver resolver) {
    this.settings = settings;
    this.trust = new Trust(settings.ca());
    this.resolver = resolver;
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    InetAddress address = resolver.of(settings.host(), settings.allowLocal())[0];
    PasswordAuthentication login = login();
    try (Deadline deadline = Deadline.in(WHOLE)) {
      Session session = session(deadline, address, login);
      try (SMTPTransport transport = transport(session)) {
        MimeMessage mail = mail(session, settings, messages.get(0));
        connect(transport, deadline, address);
        transport.sendMessage(mail, mail.getAllRecipients());
        return shown(transport.getLastServerResponse().strip(), login);
      } catch (MessagingException e) {
        throw deadline.explain(failure(e, login));
      } catch (IOException e) {
        throw deadline.explain(e);
      }
    }
  }

  private void connect(SMTPTransport transport, Deadline deadline, InetAddress address)
      throws IOException, MessagingException {
    if (settings.tls() != SmtpSettings.Tls.TLS) {
      transport.connect();
      return;
    }
    transport.connect(
        WatchedSockets.encrypted(
            trust.context().getSocketFactory(),
            deadline,
            new InetSocketAddress(address, settings.port()),
            settings.host(),
            CONNECT_MILLIS,
            STEP_MILLIS));
  }

  private @Nullable PasswordAuthentication login() throws IOException {
    String user = settings.user();
    SecretFile password = settings.password();
    return user == null || password == null
        ? null
        : new PasswordAuthentication(user, password.read());
  }

  private static SMTPTransport transport(Session session) throws MessagingException {
    return (SMTPTransport) session.getTransport("smtp");
  }

  private Session session(
      Deadline deadline, InetAddress address, @Nullable PasswordAuthentication login)
      throws IOException {
    Properties properties = new Properties();
    properties.put("mail.transport.protocol", "smtp");
    properties.put("mail.smtp.host", settings.host());
    properties.put("mail.smtp.port", Integer.toString(settings.port()));
    properties.put("mail.smtp.connectiontimeout", Integer.toString(CONNECT_MILLIS));
    properties.put("mail.smtp.timeout", Integer.toString(STEP_MILLIS));
    properties.put("mail.smtp.localhost", "whorl");
    properties.put("mail.smtp.quitwait", "false"); // the mail is accepted by then
    properties.put("mail.smtp.sendpartial", "true"); // one address must not keep it from others
    properties.put("mail.smtp.socketFactory", WatchedSockets.plain(deadline, address));
    properties.put("mail.smtp.socketFactory.fallback", "false");
    if (settings.tls() == SmtpSettings.Tls.STARTTLS) {
      // on top of the connection above
      properties.put("mail.smtp.ssl.socketFactory", trust.context().getSocketFactory());
      properties.put("mail.smtp.ssl.checkserveridentity", "true");
      properties.put("mail.smtp.starttls.enable", "true");
      properties.put("mail.smtp.starttls.required", "true");
    }
    if (login == null) {
      return Session.getInstance(properties);
    }
    properties.put("mail.smtp.auth", "true");
    properties.put("mail.smtp.user", login.getUserName());
    return Session.getInstance(
        properties,
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            return login;
          }
        });
  }

  /** The mail; its id is the same at each attempt. */
  static MimeMessage mail(Session session, SmtpSettings settings, Message message)
      throws MessagingException {
    InternetAddress from = new InternetAddress(settings.from(), true);
    MimeMessage mail = new Mail(session, message.id().value(), domain(from));
    mail.setFrom(from);
    for (String each : settings.to()) {
      Address to = new InternetAddress(each, true);
      mail.addRecipient(jakarta.mail.Message.RecipientType.TO, to);
    }
    mail.setSubject("[Whorl] " + message.line(), StandardCharsets.UTF_8.name());
    mail.setSentDate(Date.from(message.added()));
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.setHeader("X-Whorl-Kind", message.notice().kind().word());
    MimeMultipart parts = new MimeMultipart("alternative");
    MimeBodyPart text = new MimeBodyPart();
    text.setText(message.text(), StandardCharsets.UTF_8.name(), "plain");
    parts.addBodyPart(text);
    MimeBodyPart html = new MimeBodyPart();
    html.setText(html(message), StandardCharsets.UTF_8.name(), "html");
    parts.addBodyPart(html);
    mail.setContent(parts);
    mail.saveChanges();
    return mail;
  }

  private static String html(Message message) {
    StringBuilder html = new StringBuilder("<!doctype html><html><body><p><b>");
    html.append(escaped(message.line())).append("</b></p><table>");
    for (Map.Entry<String, String> fact : message.facts()) {
      html.append("<tr><td>")
          .append(escaped(fact.getKey()))
          .append("</td><td>")
          .append(escaped(fact.getValue()))
          .append("</td></tr>");
    }
    html.append("</table>");
    String link = message.link();
    if (link != null) {
      html.append("<p><a href=\"").append(escaped(link)).append("\">Open in Whorl</a></p>");
    }
    return html.append("</body></html>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String domain(InternetAddress address) {
    String text = address.getAddress();
    return text.substring(text.indexOf('@') + 1);
  }

  private static IOException failure(MessagingException e, @Nullable PasswordAuthentication login) {
    int code = code(e);
    Exception next = e.getNextException();
    String text = String.valueOf(e.getMessage()).strip();
    if (next != null && next.getMessage() != null) {
      text += ": " + next.getMessage().strip();
    }
    // without its cause, which has the server's words as they are
    if (isPartlySent(e)) {
      // another attempt would send it again to those who have it
      return RefusedException.forGood(
          "the mail reached some of its addresses only: " + shown(text, login));
    }
    String why = "the mail was not accepted: " + shown(text, login);
    return code / 100 == PERMANENT ? RefusedException.forGood(why) : new IOException(why);
  }

  private static boolean isPartlySent(MessagingException e) {
    return e instanceof SendFailedException failed
        && failed.getValidSentAddresses() != null
        && failed.getValidSentAddresses().length > 0;
  }

  /** What the server says, without the password that it was sent, should it repeat that. */
  private static String shown(String text, @Nullable PasswordAuthentication login) {
    if (login == null) {
      return Text.shortened(text);
    }
    String password = login.getPassword();
    String user = login.getUserName();
    return Text.shortened(
        Endpoint.hidden(
            text,
            List.of(
                password,
                encoded(password), // AUTH LOGIN
                encoded(user + "\0" + user + "\0" + password), // AUTH PLAIN
                encoded("\0" + user + "\0" + password))));
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The status of the server's answer to this mail; 0 if there is none. */
  private static int code(@Nullable Exception e) {
    Exception each = e;
    while (each instanceof MessagingException failed) {
      if (failed instanceof SMTPAddressFailedException address) {
        return address.getReturnCode();
      }
      if (failed instanceof SMTPSenderFailedException sender) {
        return sender.getReturnCode();
      }
      if (failed instanceof SMTPSendFailedException send) {
        return send.getReturnCode();
      }
      each = failed.getNextException();
    }
    return 0;
  }

  private static final class Mail extends MimeMessage {
    private final String id;

    Mail(Session session, String id, String domain) {
      super(session);
      this.id = "<" + id + "@" + domain + ">";
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }
}

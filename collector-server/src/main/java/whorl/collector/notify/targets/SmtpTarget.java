package whorl.collector.notify.targets;

import jakarta.mail.Address;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
  private static final String CONNECT_MILLIS = "5000";
  private static final String STEP_MILLIS = "15000";
  private static final Duration WHOLE = Duration.ofSeconds(25);
  private static final int PERMANENT = 5;

  private final SmtpSettings settings;
  private final Trust trust;

  SmtpTarget(SmtpSettings settings) {
    this.settings = settings;
    this.trust = new Trust(settings.ca());
  }

  @Override
  public String deliver(List<Message> messages) throws IOException {
    InetAddress[] addresses = Addresses.of(settings.host(), settings.allowLocal());
    try (Deadline deadline = Deadline.in(WHOLE)) {
      Session session = session(deadline, addresses[0]);
      try (SMTPTransport transport = transport(session)) {
        MimeMessage mail = mail(session, settings, messages.get(0));
        transport.connect();
        transport.sendMessage(mail, mail.getAllRecipients());
        return Text.shortened(transport.getLastServerResponse().strip());
      } catch (MessagingException e) {
        throw deadline.explain(failure(e));
      }
    }
  }

  private static SMTPTransport transport(Session session) throws MessagingException {
    return (SMTPTransport) session.getTransport("smtp");
  }

  private Session session(Deadline deadline, InetAddress address) throws IOException {
    Properties properties = new Properties();
    properties.put("mail.transport.protocol", "smtp");
    properties.put("mail.smtp.host", settings.host());
    properties.put("mail.smtp.port", Integer.toString(settings.port()));
    properties.put("mail.smtp.connectiontimeout", CONNECT_MILLIS);
    properties.put("mail.smtp.timeout", STEP_MILLIS);
    properties.put("mail.smtp.localhost", "whorl");
    properties.put("mail.smtp.quitwait", "false"); // the mail is accepted by then
    properties.put("mail.smtp.socketFactory", WatchedSockets.plain(deadline, address));
    properties.put("mail.smtp.socketFactory.fallback", "false");
    properties.put(
        "mail.smtp.ssl.socketFactory",
        WatchedSockets.tls(trust.context().getSocketFactory(), deadline));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    switch (settings.tls()) {
      case STARTTLS -> {
        properties.put("mail.smtp.starttls.enable", "true");
        properties.put("mail.smtp.starttls.required", "true");
      }
      case TLS -> properties.put("mail.smtp.ssl.enable", "true");
      case NONE -> {}
    }
    String user = settings.user();
    SecretFile password = settings.password();
    if (user == null || password == null) {
      return Session.getInstance(properties);
    }
    properties.put("mail.smtp.auth", "true");
    properties.put("mail.smtp.user", user);
    PasswordAuthentication login = new PasswordAuthentication(user, password.read());
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

  private static IOException failure(MessagingException e) {
    int code = code(e);
    String why = "the mail was not accepted: " + text(e);
    return code / 100 == PERMANENT ? RefusedException.forGood(why) : new IOException(why, e);
  }

  private static String text(MessagingException e) {
    Exception next = e.getNextException();
    String text = String.valueOf(e.getMessage()).strip();
    return Text.shortened(
        next == null || next.getMessage() == null ? text : text + ": " + next.getMessage().strip());
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
      if (failed instanceof SMTPSendFailedException send && send.getNextException() == null) {
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

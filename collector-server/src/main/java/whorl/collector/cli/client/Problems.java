package whorl.collector.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.ApiWords;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** Describes failures of the collector and of the connection: one line and a remedy each. */
public final class Problems {
  private static final int SHOWN_MAX_CHARS = 2_000;

  /** The title of the problem of an artifact that somebody changed in the object store. */
  private static final String DAMAGED = "content is damaged";

  private Problems() {}

  /** An error status; the body should be a problem document (RFC 9457). */
  static CliException of(URI url, HttpResponse<?> response, byte[] body) {
    int status = response.statusCode();
    String retryAfter = response.headers().firstValue("Retry-After").orElse("");
    if (status == 409 && retryAfter.matches("\\d{1,6}")) {
      return new NotReadyException(
          sentence(url, status, body), null, Duration.ofSeconds(Long.parseLong(retryAfter)));
    }
    if (status == 500 && title(body).equals(DAMAGED)) {
      return new CliException(ExitStatus.VERIFICATION_FAILED, sentence(url, status, body), null);
    }
    if (status == 429 || status >= 500) {
      return new BusyException(sentence(url, status, body), remedy(status, response));
    }
    String answer = raw(url, status, body);
    return new CliException(
        exitStatus(status),
        ApiWords.asCommands(answer),
        status == 404 ? ApiWords.hint(answer, response.uri().getPath()) : remedy(status, response));
  }

  /** 400 and 422 mean that the collector does not accept a value of the command line. */
  private static int exitStatus(int status) {
    return switch (status) {
      case 404, 410 -> ExitStatus.NOTHING_MATCHED;
      case 400, 422 -> ExitStatus.WRONG_USAGE;
      default -> ExitStatus.FAILED;
    };
  }

  private static String sentence(URI url, int status, byte[] body) {
    return ApiWords.asCommands(raw(url, status, body));
  }

  private static String title(byte[] body) {
    try {
      return Json.LENIENT.readTree(body).path("title").asText("");
    } catch (IOException notJson) {
      return "";
    }
  }

  private static String raw(URI url, int status, byte[] body) {
    try {
      JsonNode problem = Json.LENIENT.readTree(body);
      String title = problem.path("title").asText("");
      String detail = problem.path("detail").asText("");
      if (!title.isEmpty()) {
        return shortened(detail.isEmpty() ? title : title + ": " + detail);
      }
    } catch (IOException notJson) {
      // reported below: another program may be listening there
    }
    return url + " answered with status " + status + " and no problem document";
  }

  private static @Nullable String remedy(int status, HttpResponse<?> response) {
    return switch (status) {
      case 401 -> "log in with `whorl login`, or give a token with --token or WHORL_TOKEN";
      case 403 ->
          "use a token whose role may do this: viewer reads, responder also captures, holds and"
              + " writes cases, admin also releases and purges";
      case 429, 503 ->
          "try again "
              + response
                  .headers()
                  .firstValue("Retry-After")
                  .filter(value -> value.matches("\\d{1,6}"))
                  .map(seconds -> "in " + seconds + " s")
                  .orElse("later");
      case 301, 302, 303, 307, 308 -> "give the URL it points to with --url";
      case 400, 404, 409, 410, 413, 422, 507 -> null;
      default ->
          status >= 500
              ? "the collector's own log says more"
              : "check that --url names a Whorl collector of this version";
    };
  }

  /** The collector could not be reached, or the connection broke. */
  static CliException of(URI url, Throwable failure) {
    CliException cliException = findCause(failure, CliException.class);
    if (cliException != null) {
      return cliException;
    }
    if (findCause(failure, Transport.BodyTooLongException.class) != null
        || findCause(failure, LocalFileException.class) != null) {
      return CliException.failed(text(failure), null);
    }
    if (findCause(failure, SSLException.class) != null) {
      return tls(url, failure);
    }
    if (findCause(failure, UnresolvedAddressException.class) != null) {
      return unreachable(url, "no such host", "check --url or WHORL_COLLECTOR_URL");
    }
    if (failure instanceof HttpConnectTimeoutException) {
      return unreachable(url, "no answer", "check --url and the network between (NetworkPolicy)");
    }
    if (findCause(failure, ConnectException.class) != null) {
      return unreachable(
          url,
          "connection refused",
          "start it with `whorl serve`, or name another with --url or WHORL_COLLECTOR_URL");
    }
    boolean noResponse =
        findCause(failure, EOFException.class) != null
            || text(failure).contains("no bytes")
            || text(failure).contains("Connection reset");
    if (!noResponse) {
      return unreachable(url, text(failure), "try again");
    }
    return unreachable(
        url,
        "it closed the connection without an answer",
        "http".equals(url.getScheme())
            ? "if it speaks TLS, write https:// in --url"
            : "if it requires client certificates, give --client-cert and --client-key");
  }

  private static CliException tls(URI url, Throwable failure) {
    String text = text(failure);
    if (findCause(failure, CertificateException.class) != null) {
      boolean otherName = text.contains("subject alternative") || text.contains("No name matching");
      return CliException.failed(
          (otherName
                  ? "the certificate names another host than "
                  : "no trusted CA signed the certificate of ")
              + url
              + ": "
              + text,
          otherName
              ? "use a name that it has, or make one with `whorl tls init DIR --host "
                  + url.getHost()
                  + "`"
              : "give the CA that signed it: --ca ca.pem");
    }
    if (text.contains("certificate_required") || text.contains("bad_certificate")) {
      return CliException.failed(
          url + " requires a client certificate",
          "give one with --client-cert and --client-key (`whorl tls init` made agent.pem)");
    }
    return CliException.failed(
        "no TLS connection with " + url + ": " + text,
        text.contains("SSL message") ? "if it speaks no TLS, write http:// in --url" : null);
  }

  private static CliException unreachable(URI url, String reason, String remedy) {
    return new UnreachableException("cannot reach the collector at " + url + ": " + reason, remedy);
  }

  /** The innermost message, which is the most specific. */
  public static String text(Throwable failure) {
    String text = null;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = t instanceof FileSystemException file ? fileMessage(file) : t.getMessage();
      if (message != null) {
        text = message;
      }
    }
    return shortened(text == null ? failure.getClass().getSimpleName() : text);
  }

  /**
   * The outermost message, which names the problem and the remedy, instead of that of the cause.
   */
  public static String ownText(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = t instanceof FileSystemException file ? fileMessage(file) : t.getMessage();
      if (message != null) {
        return shortened(message);
      }
    }
    return failure.getClass().getSimpleName();
  }

  /** The JDK's message is often only the file's name. */
  private static @Nullable String fileMessage(FileSystemException failure) {
    if (failure.getReason() != null) {
      return failure.getMessage();
    }
    if (failure instanceof AccessDeniedException) {
      return failure.getFile() + ": permission denied";
    }
    if (failure instanceof NoSuchFileException) {
      return failure.getFile() + ": no such file or folder";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return failure.getFile() + ": is there already";
    }
    return failure.getMessage();
  }

  private static String shortened(String text) {
    return Text.atMost(text, SHOWN_MAX_CHARS);
  }

  private static <T extends Throwable> @Nullable T findCause(Throwable failure, Class<T> type) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }

  /** The local disk failed, not the collector. */
  public static final class LocalFileException extends IOException {
    public LocalFileException(IOException cause) {
      super(cause);
    }
  }
}

package whorl.agent.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import whorl.evidence.Json;

/** One GET over a connection of its own: an image may lack {@code java.net.http}. */
final class PlainHttp {
  /** The message if a server closes the connection without a word, as one of TLS may do. */
  static final String NO_ANSWER = "no answer";

  private static final int MAX_BYTES = 64 << 10;

  private PlainHttp() {}

  /** Opens a connection. */
  interface Opener {
    Socket open() throws IOException, GeneralSecurityException;
  }

  /**
   * The answer.
   *
   * @param date the header of that name; null without
   * @param detail of a problem document; empty without
   */
  record Answer(int status, @Nullable String date, String detail) {
    static Answer parse(String text) throws IOException {
      String[] lines = text.split("\r\n", -1);
      String[] first = lines[0].split(" ", 3);
      if (first.length < 2 || !first[0].startsWith("HTTP/1.") || !first[1].matches("\\d{3}")) {
        throw new IOException(text.isEmpty() ? NO_ANSWER : "what answers there is not HTTP/1.1");
      }
      String date = null;
      for (String line : lines) {
        if (line.isEmpty()) {
          break;
        }
        if (line.toLowerCase(Locale.ROOT).startsWith("date:")) {
          date = line.substring(5).strip();
        }
      }
      int body = text.indexOf("\r\n\r\n");
      return new Answer(
          Integer.parseInt(first[1]), date, body < 0 ? "" : detailOf(text.substring(body + 4)));
    }

    private static String detailOf(String body) {
      int start = body.indexOf('{');
      if (start < 0) {
        return "";
      }
      try {
        JsonNode problem = Json.LENIENT.readTree(body.substring(start));
        String detail = problem == null ? "" : problem.path("detail").asText("");
        StringBuilder printable = new StringBuilder();
        detail.chars().limit(500).forEach(c -> printable.append(c < ' ' ? ' ' : (char) c));
        return printable.toString();
      } catch (IOException noProblemDocument) {
        return "";
      }
    }
  }

  /**
   * @param token null for none
   * @throws IOException if there is no connection, or no answer
   */
  static Answer get(Opener opener, URI url, String path, @Nullable String token)
      throws IOException, GeneralSecurityException {
    StringBuilder request = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
    request.append("Host: ").append(url.getAuthority()).append("\r\n");
    request.append("User-Agent: whorl-agent-doctor\r\nConnection: close\r\n");
    if (token != null && token.matches("[\\x21-\\x7e]+")) {
      request.append("Authorization: Bearer ").append(token).append("\r\n");
    }
    request.append("\r\n");
    try (Socket socket = opener.open()) {
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      return Answer.parse(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
    }
  }
}

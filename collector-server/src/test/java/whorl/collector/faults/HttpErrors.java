package whorl.collector.faults;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Error answers such as S3 gives them. */
final class HttpErrors {
  private static final int HEAD_MAX = 64 << 10;

  private HttpErrors() {}

  /** Reads one request to its end and answers it with an error. */
  static void answer(Socket client, int status) throws IOException {
    InputStream in = new BufferedInputStream(client.getInputStream());
    String head = head(in);
    boolean waits = head.toLowerCase(Locale.ROOT).contains("expect: 100-continue");
    if (!waits) {
      in.skipNBytes(length(head));
    }
    String code = status == 503 ? "SlowDown" : "InternalError";
    String body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
            + code
            + "</Code><Message>made by the test</Message><RequestId>0</RequestId></Error>";
    boolean bodiless = head.startsWith("HEAD ");
    String answer =
        "HTTP/1.1 "
            + status
            + " made by the test\r\nContent-Type: application/xml\r\nContent-Length: "
            + body.length()
            + "\r\nConnection: close\r\n\r\n"
            + (bodiless ? "" : body);
    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().flush();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0 || head.length() > HEAD_MAX) {
        throw new IOException("no request");
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static long length(String head) {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        return Long.parseLong(line.substring("content-length:".length()).strip());
      }
    }
    return 0;
  }
}

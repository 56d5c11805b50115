package whorl.collector.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import whorl.evidence.Json;

/** What a client would get: of a problem, its title is the body. */
public record Answer(int status, Map<String, String> headers, byte[] body) {
  public Answer {
    Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(headers);
    headers = anyCase;
  }

  public String header(String name) {
    return headers.get(name);
  }

  public String text() {
    return new String(body, java.nio.charset.StandardCharsets.UTF_8);
  }

  public JsonNode json() {
    try {
      return Json.MAPPER.readTree(body);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text(), e);
    }
  }
}

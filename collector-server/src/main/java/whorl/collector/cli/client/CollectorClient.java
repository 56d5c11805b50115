package whorl.collector.cli.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.evidence.Digest;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/** The client of the collector's API. Every failure is a {@link CliException}. */
public final class CollectorClient {
  private static final String API = "/api/v1/";
  private static final int RESOURCE_MAX_BYTES = 1 << 20;
  private static final int PAGE_ROWS = 200;
  private static final int ANSWER_MAX_BYTES = 128 << 20;

  /** All pages of a list together; no collector has as much. */
  private static final long LIST_MAX_BYTES = 1L << 30;

  private static final int ADDED_MAX_ROWS = 1_000_000;

  private final Transport transport;
  private final CommandContext.Pace pace;

  CollectorClient(Transport transport, CommandContext.Pace pace) {
    this.transport = transport;
    this.pace = pace;
  }

  /**
   * The rows of a list, parsed and as the original JSON.
   *
   * @param more true if the collector has further rows
   */
  public record Listing<T>(List<T> rows, List<JsonNode> json, boolean more) {}

  /** One object, parsed and as the original JSON. */
  public record One<T>(T row, JsonNode json) {}

  /** The body of a capture request; for absent parts the collector's defaults apply. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record CaptureRequest(
      Map<String, Object> target,
      List<String> artifacts,
      @Nullable String reason,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean force) {}

  /** The user, as the collector knows them. */
  public SessionRow session() {
    return row(read(transport.request("/session").build()), SessionRow.class);
  }

  /**
   * The identity provider at which people log in.
   *
   * @throws CliException of status {@link whorl.collector.cli.terminal.ExitStatus#NOTHING_MATCHED}
   *     if there is none
   */
  public ProviderRow provider() {
    return row(read(transport.request("/login/provider").build()), ProviderRow.class);
  }

  public Listing<AgentRow> agents(Map<String, String> filters, int limit) {
    return list("agents", filters, limit, AgentRow.class);
  }

  public Listing<CustodyRow> custody(Map<String, String> filters, int limit) {
    return list("custody", "entries", filters, limit, CustodyRow.class);
  }

  public Listing<EvidenceRow> evidence(Map<String, String> filters, int limit) {
    return list("evidence", filters, limit, EvidenceRow.class);
  }

  public One<EvidenceRow> evidence(Id id) {
    return one("evidence/" + id, EvidenceRow.class);
  }

  public One<CaptureRow> capture(Id id) {
    return one("captures/" + id, CaptureRow.class);
  }

  public Listing<CaptureRow> captures(Map<String, String> filters, int limit) {
    return list("captures", filters, limit, CaptureRow.class);
  }

  /** Requests captures; returns one for each matching agent. */
  public Listing<CaptureRow> capture(CaptureRequest captureRequest) {
    HttpRequest request =
        transport
            .request(API + "captures")
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(captureRequest)))
            .build();
    return page(request, "captures", CaptureRow.class);
  }

  public void holdEvidence(Id id, String reason) {
    send("PUT", "evidence/" + id + "/hold", Map.of("reason", reason));
  }

  /** Releases the evidence's own hold; returns the remaining ones. */
  public HoldsRow releaseEvidence(Id id, @Nullable String reason) {
    return row(read(deletion("evidence/" + id + "/hold", reason)), HoldsRow.class);
  }

  public void purgeEvidence(Id id, @Nullable String reason) {
    delete("evidence/" + id, reason);
  }

  private HttpRequest withBody(String method, String path, Map<String, Object> body) {
    return transport
        .request(API + path)
        .header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
        .build();
  }

  private HttpRequest deletion(String path, @Nullable String reason) {
    String query = reason == null ? "" : encoded(Map.of("reason", reason));
    return transport.request(API + path + query).DELETE().build();
  }

  /** Gets any resource of the API as JSON. */
  public JsonNode json(String path, Map<String, String> query) {
    return read(transport.request(API + path + encoded(query)).build());
  }

  /** Posts JSON to a path of the API, and returns the answer. */
  public JsonNode post(String path, Map<String, Object> body) {
    return read(withBody("POST", path, body));
  }

  /** Gets any small resource of the API as it is. */
  public byte[] bytes(String path) {
    return transport.fetch(transport.request(API + path).build(), RESOURCE_MAX_BYTES);
  }

  /** Gets a small resource outside the API, whatever its status is. */
  public Answer answer(String path) {
    return transport.answer(transport.request(path).build(), ANSWER_MAX_BYTES);
  }

  /** Posts JSON to a path outside the API, whatever the status is. */
  public Answer post(String path, byte[] json) {
    return transport.answer(
        transport
            .request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(json))
            .build(),
        RESOURCE_MAX_BYTES);
  }

  /** Parses a row of a response. */
  public <T> T rowOf(JsonNode node, Class<T> type) {
    return row(node, type);
  }

  /**
   * Downloads an export into a new file.
   *
   * @return how many rows are left out, because others say the same
   */
  public long export(String path, Map<String, String> query, Path target, LongConsumer progress) {
    Download download =
        new Download(
            transport, API + path + encoded(query), Download.Expected.NOTHING, pace, progress);
    Digest unused = download.to(target);
    return download.rowsLeftOut();
  }

  /** The same, passed on while it is received. */
  public long export(String path, Map<String, String> query, SinkBody.Sink sink) {
    return Download.rowsLeftOut(
        transport
            .download(transport.request(API + path + encoded(query)).build(), info -> sink)
            .headers());
  }

  /** Asks a question in SQL, and passes on the result while it is received. */
  public void query(Map<String, Object> question, SinkBody.Sink sink) {
    transport.download(withBody("POST", "query", question), info -> sink);
  }

  /** A segment of a path, such as a name that a person gave. */
  public static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Downloads one artifact and checks its size and digest. */
  public void artifact(
      Id evidence, EvidenceRow.ArtifactRow artifact, Path target, LongConsumer progress) {
    new Download(
            transport,
            API + "evidence/" + evidence + "/artifacts/" + artifact.name(),
            new Download.Expected(artifact.size(), artifact.sha256()),
            pace,
            progress)
        .to(target);
  }

  /** Downloads the bag; its digests are inside, so check it with the verifier. */
  public Digest bag(Id evidence, Path target, LongConsumer progress) {
    return new Download(
            transport,
            API + "evidence/" + evidence + "/bag",
            Download.Expected.NOTHING,
            pace,
            progress)
        .to(target);
  }

  /**
   * Imports the evidence of a bag.
   *
   * @param zip the bag
   * @param origin whose it is to be; empty for nobody
   * @param progress receives the number of bytes that were sent
   */
  public JsonNode importBag(Path zip, Map<String, String> origin, LongConsumer progress) {
    try {
      return Json.LENIENT.readTree(
          transport.upload(
              API + "evidence/import" + encoded(origin),
              "application/zip",
              zip,
              progress,
              ANSWER_MAX_BYTES));
    } catch (IOException e) {
      throw CliException.failed("cannot send " + zip + ": " + Problems.text(e), null);
    }
  }

  private <T> Listing<T> list(
      String name, Map<String, String> filters, int limit, Class<T> rowType) {
    return list(name, name, filters, limit, rowType);
  }

  /** Lists what has no pages. */
  public <T> Listing<T> list(String path, String name, Class<T> rowType) {
    return page(transport.request(API + path).build(), name, rowType);
  }

  /** Posts an empty object to a path of these parts; the answer may be empty. */
  public JsonNode post(String... parts) {
    StringBuilder path = new StringBuilder();
    for (String part : parts) {
      path.append(path.isEmpty() ? "" : "/").append(encoded(part));
    }
    return change("POST", path.toString(), Map.of());
  }

  /** Sends JSON with this method to a path of the API; the answer may be empty. */
  public JsonNode change(String method, String path, Map<String, Object> body) {
    byte[] answer = transport.fetch(withBody(method, path, body), ANSWER_MAX_BYTES);
    try {
      return Json.LENIENT.readTree(answer.length == 0 ? Json.bytes(Map.of()) : answer);
    } catch (IOException e) {
      throw notWhorl(Problems.text(e));
    }
  }

  /** Deletes a resource. */
  public void delete(String path) {
    delete(path, null);
  }

  /** Deletes a resource for a reason, which custody records. */
  public void delete(String path, @Nullable String reason) {
    transport.fetch(deletion(path, reason), ANSWER_MAX_BYTES);
  }

  /** Sends JSON to a path of the API; the answer is of no interest. */
  public void send(String method, String path, Map<String, Object> body) {
    transport.fetch(withBody(method, path, body), ANSWER_MAX_BYTES);
  }

  /** Gets one object. */
  public <T> One<T> one(String path, Class<T> type) {
    return one(transport.request(API + path).build(), type);
  }

  /** Sends JSON to a path of the API, which answers with one object. */
  public <T> One<T> one(String method, String path, Map<String, Object> body, Class<T> type) {
    return one(withBody(method, path, body), type);
  }

  /**
   * Lists what has pages.
   *
   * @param path below the API
   * @param name of the list in the response
   */
  public <T> Listing<T> list(
      String path, String name, Map<String, String> filters, int limit, Class<T> rowType) {
    return list(path, name, filters, limit, rowType, page -> {});
  }

  /**
   * Returns the rows of a list, page after page.
   *
   * @param path below the API's root
   * @param name of the list in the response
   * @param eachPage receives each response, for what it has besides the list
   */
  public <T> Listing<T> list(
      String path,
      String name,
      Map<String, String> filters,
      int limit,
      Class<T> rowType,
      Consumer<JsonNode> eachPage) {
    List<T> rows = new ArrayList<>();
    List<JsonNode> json = new ArrayList<>();
    Map<String, String> query = new LinkedHashMap<>(filters);
    long left = LIST_MAX_BYTES;
    while (true) {
      query.put("limit", Integer.toString(Math.min(PAGE_ROWS, limit - rows.size())));
      HttpRequest request = transport.request(API + path + encoded(query)).build();
      byte[] answer = transport.fetch(request, (int) Math.min(left, ANSWER_MAX_BYTES));
      left -= answer.length;
      JsonNode page = parsed(answer);
      eachPage.accept(page);
      Listing<T> listing = rows(page, name, rowType);
      rows.addAll(listing.rows());
      json.addAll(listing.json());
      String next = page.path("next").asText("");
      boolean more = !next.isEmpty();
      if (!more || rows.size() >= limit || listing.rows().isEmpty()) {
        return new Listing<>(rows, json, more);
      }
      requireOtherPage(next, query.put("cursor", next));
    }
  }

  /** A collector that names the same page again and again would never come to an end. */
  private void requireOtherPage(String cursor, @Nullable String before) {
    if (cursor.equals(before)) {
      throw notWhorl("it has more after " + Text.shortened(cursor) + ", and names that page again");
    }
  }

  /**
   * Passes on what was added to a list that grows.
   *
   * @param cursor of an earlier call; empty for the whole list
   * @return the cursor for what is added later
   */
  public String added(String path, String name, String cursor, Consumer<JsonNode> each) {
    String next = cursor;
    int rows = 0;
    while (true) {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("limit", Integer.toString(PAGE_ROWS));
      if (!next.isEmpty()) {
        query.put("cursor", next);
      }
      JsonNode page = json(path, query);
      page.path(name).forEach(each);
      String before = next;
      next = page.path("next").asText(next);
      if (!page.path("more").asBoolean()) {
        return next;
      }
      requireOtherPage(next, before);
      rows += page.path(name).size();
      if (page.path(name).isEmpty() || rows > ADDED_MAX_ROWS) {
        throw notWhorl("it says after " + rows + " rows that there are more");
      }
    }
  }

  private <T> Listing<T> page(HttpRequest request, String name, Class<T> rowType) {
    return rows(read(request), name, rowType);
  }

  private <T> One<T> one(HttpRequest request, Class<T> type) {
    JsonNode node = read(request);
    return new One<>(row(node, type), node);
  }

  private JsonNode read(HttpRequest request) {
    return parsed(transport.fetch(request, ANSWER_MAX_BYTES));
  }

  private JsonNode parsed(byte[] json) {
    try {
      return Json.LENIENT.readTree(json);
    } catch (IOException e) {
      throw notWhorl(Problems.text(e));
    }
  }

  private <T> Listing<T> rows(JsonNode page, String name, Class<T> rowType) {
    JsonNode array = page.path(name);
    if (!array.isArray()) {
      throw notWhorl("no list \"" + name + "\"");
    }
    List<T> rows = new ArrayList<>(array.size());
    List<JsonNode> json = new ArrayList<>(array.size());
    for (JsonNode node : array) {
      rows.add(row(node, rowType));
      json.add(node);
    }
    return new Listing<>(rows, json, false);
  }

  private <T> T row(JsonNode node, Class<T> type) {
    try {
      T row = Json.LENIENT.treeToValue(node, type);
      if (row == null) {
        throw notWhorl("null");
      }
      return row;
    } catch (JsonProcessingException e) {
      throw notWhorl(e.getOriginalMessage());
    }
  }

  private CliException notWhorl(String reason) {
    return CliException.failed(
        transport.url() + " does not answer as a Whorl collector does: " + reason,
        "check that --url names one of this version");
  }

  private static String encoded(Map<String, String> query) {
    StringBuilder text = new StringBuilder();
    query.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? '?' : '&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return text.toString();
  }
}

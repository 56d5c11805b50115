package whorl.collector.store.triage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.records.AlertLedger;
import whorl.collector.store.records.AlertRecord;
import whorl.evidence.Alert;
import whorl.evidence.Id;
import whorl.evidence.Level;

/** Alerts for tests, made part by part. */
final class GroupedAlerts {
  static final Instant START = Instant.parse("2026-11-29T08:00:00Z");
  private static final AtomicInteger COUNT = new AtomicInteger();

  private String source = "whorl";
  private String rule = "rule-1";
  private String title = "Process started by a request";
  private Level level = Level.HIGH;
  private @Nullable Id agent = new Id("agent-00000001");
  private @Nullable String namespace = "prod";
  private @Nullable String service = "shop";
  private List<Id> captures = List.of();
  private @Nullable String notCaptured = "the agent asked for none";
  private @Nullable Id partOf;
  private @Nullable String repeats;
  private Duration after = Duration.ZERO;
  private final Map<String, Object> fields = new LinkedHashMap<>();

  static GroupedAlerts alert() {
    return new GroupedAlerts();
  }

  GroupedAlerts rule(String id, Level of, String name) {
    rule = id;
    level = of;
    title = name;
    return this;
  }

  GroupedAlerts of(String agentId) {
    agent = new Id(agentId);
    return this;
  }

  GroupedAlerts of(@Nullable String itsNamespace, @Nullable String itsService) {
    namespace = itsNamespace;
    service = itsService;
    return this;
  }

  GroupedAlerts outside(String dialect, String sameAs, String status) {
    source = dialect;
    agent = null;
    repeats = sameAs;
    return field("status", status);
  }

  GroupedAlerts request(String id, String client) {
    return field("request.id", id)
        .field("request.method", "GET")
        .field("request.path", "/x")
        .field("request.remoteAddress", client);
  }

  GroupedAlerts field(String name, Object value) {
    fields.put(name, value);
    return this;
  }

  GroupedAlerts captured(String id) {
    captures = List.of(new Id(id));
    notCaptured = null;
    return this;
  }

  GroupedAlerts partOf(Id first) {
    partOf = first;
    return this;
  }

  GroupedAlerts after(Duration time) {
    after = time;
    return this;
  }

  AlertRecord record() {
    Instant at = START.plus(after);
    return new AlertRecord(
        new Alert(
            new Id(String.format("alert-%08d", COUNT.incrementAndGet())),
            source,
            at,
            rule,
            level,
            title,
            "what happened",
            List.of(),
            fields,
            "http-1",
            List.of()),
        agent,
        service,
        namespace,
        "pod-1",
        at,
        captures,
        notCaptured,
        0,
        true,
        partOf,
        null);
  }

  /** Inserts it; returns its id. */
  Id in(AlertLedger ledger) throws IOException {
    AlertRecord record = record();
    ledger.insert(record, List.of(), repeats);
    return record.alert().id();
  }
}

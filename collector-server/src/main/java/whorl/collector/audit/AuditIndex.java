package whorl.collector.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.CustodyAction;
import whorl.collector.custody.log.CustodyLog;
import whorl.collector.custody.log.LogLine;
import whorl.collector.store.access.Origin;
import whorl.collector.store.access.OriginLedger;
import whorl.collector.store.access.Origins;
import whorl.collector.store.access.Thing;
import whorl.collector.store.audit.AuditEntry;
import whorl.collector.store.audit.AuditLedger;
import whorl.evidence.CustodyEntry;
import whorl.evidence.Id;
import whorl.evidence.Json;
import whorl.evidence.Text;

/**
 * Makes rows of the custody log's lines, so that they are found by time, person and act. It resumes
 * where it was, whichever collector that was. Thread-safe.
 */
final class AuditIndex {
  private static final int LINES_AT_ONCE = 500;

  /** Batches of lines that are read for one request; the rest is read in the background. */
  private static final int BATCHES_OF_REQUEST = 4;

  /** Batches of lines that are read in one turn of the background. */
  private static final int BATCHES_OF_TURN = 40;

  private static final int DETAILS_MAX = 16;
  private static final int DETAIL_CHARS = 200;
  private static final Duration ORIGINS_SOUGHT = Duration.ofDays(2);
  private static final String TOKEN = "token ";
  private static final String AGENT = "agent ";
  private static final String ABSENT = "null";

  private final CustodyLog custody;
  private final AuditLedger ledger;
  private final Origins origins;
  private final OriginLedger originLedger;
  private final InstantSource clock;

  AuditIndex(
      CustodyLog custody,
      AuditLedger ledger,
      Origins origins,
      OriginLedger originLedger,
      InstantSource clock) {
    this.custody = custody;
    this.ledger = ledger;
    this.origins = origins;
    this.originLedger = originLedger;
    this.clock = clock;
  }

  /** Reads what is new; call it every second. */
  void work() throws IOException {
    read(BATCHES_OF_TURN);
  }

  /** Reads what is new before a list is shown, as far as that is quick. */
  void beforeList() throws IOException {
    read(BATCHES_OF_REQUEST);
    int unused = ledger.fill(clock.instant().minus(ORIGINS_SOUGHT));
  }

  /** Lines of the log that are not in the list yet. */
  long behind() throws IOException {
    return Math.max(0, custody.size() - ledger.next());
  }

  private synchronized void read(int batches) throws IOException {
    int lines = LINES_AT_ONCE;
    for (int i = 0; i < batches && lines == LINES_AT_ONCE; i++) {
      lines = ledger.add(this::next);
    }
  }

  private AuditLedger.Read next(long first) throws IOException {
    List<LogLine> lines = custody.lines(first, LINES_AT_ONCE);
    List<AuditLedger.Row> rows = new ArrayList<>(lines.size());
    for (LogLine line : lines) {
      CustodyEntry entry = entry(line);
      if (entry != null) {
        rows.add(row(line.index(), entry));
      }
    }
    return new AuditLedger.Read(lines.size(), rows);
  }

  /** Null for a damaged line; verifying the log reports it. */
  private static @Nullable CustodyEntry entry(LogLine line) {
    try {
      return Json.LENIENT.readValue(line.bytes(), CustodyEntry.class);
    } catch (JsonProcessingException damaged) {
      return null;
    } catch (IOException notText) {
      return null;
    }
  }

  private AuditLedger.Row row(long index, CustodyEntry entry) throws IOException {
    String actor = entry.actor();
    String kind =
        actor.equals(AuditEntry.COLLECTOR)
            ? AuditEntry.COLLECTOR
            : actor.startsWith(AGENT) ? AuditEntry.AGENT : AuditEntry.PERSON;
    String who =
        actor.startsWith(TOKEN)
            ? actor.substring(TOKEN.length())
            : actor.startsWith(AGENT) ? actor.substring(AGENT.length()) : actor;
    return new AuditLedger.Row(
        new AuditEntry(
            index, entry.time(), entry.action(), kind, who, entry.evidence(), shortened(entry)),
        ownerOf(who),
        originOf(entry));
  }

  /** As {@code Principal.quotaOwner}: the person who made the API token. */
  private static String ownerOf(String who) {
    int token = who.indexOf(" (" + TOKEN);
    return token < 0 ? who : who.substring(0, token);
  }

  private static Map<String, String> shortened(CustodyEntry entry) {
    Map<String, String> detail = new LinkedHashMap<>();
    new TreeMap<>(entry.detail())
        .forEach(
            (name, value) -> {
              if (detail.size() < DETAILS_MAX) {
                detail.put(cut(name), cut(value));
              }
            });
    return detail;
  }

  private static String cut(String text) {
    return Text.atMost(text, DETAIL_CHARS);
  }

  /** Whose the thing is that the entry is about; null if that is not known yet. */
  private @Nullable String originOf(CustodyEntry entry) throws IOException {
    Id evidence = entry.evidence();
    if (evidence != null) {
      String known = ledger.originOf(evidence);
      if (known != null) {
        return known;
      }
      String found = origins.idOf(Thing.EVIDENCE, evidence);
      return found.isEmpty() ? null : found;
    }
    String action = entry.action();
    if (action.equals(CustodyAction.ALERTS_TRIAGED.word())) {
      String group = entry.detail().get("group");
      if (group != null && Id.isId(group)) {
        return origins.idOf(Thing.ALERT_GROUP, new Id(group));
      }
      return place(entry.detail());
    }
    if (action.equals(CustodyAction.RULES_CHANGED.word())
        || action.equals(CustodyAction.CAPTURES_REQUESTED.word())) {
      return place(entry.detail());
    }
    return OriginLedger.NOBODY;
  }

  /** The origin of an act that is about all of a service. */
  private String place(Map<String, String> detail) throws IOException {
    String service = detail.get("service");
    String namespace = detail.get("namespace");
    return service == null || service.equals(ABSENT)
        ? OriginLedger.NOBODY
        : originLedger.idOf(
            new Origin(
                namespace == null || namespace.equals(ABSENT) ? null : namespace,
                service,
                Map.of()));
  }
}

package whorl.collector.notify;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Report;
import whorl.collector.notify.file.Notification;
import whorl.collector.notify.file.Notification.GroupBy;
import whorl.collector.notify.message.Kind;
import whorl.collector.notify.message.Notice;
import whorl.collector.notify.message.Plain;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.CaptureRecord;
import whorl.evidence.AgentIdentity;
import whorl.evidence.Alert;
import whorl.evidence.Digest;
import whorl.evidence.EventLine;
import whorl.evidence.Id;
import whorl.evidence.Level;
import whorl.evidence.channel.CaptureState;

/** Makes notices of what happened. Everything in them is bounded, whatever agents send. */
final class Notices {
  /** The rule of alerts about agents that are gone. */
  static final String AGENT_SILENT = "collector.agent-silent";

  private static final String OF_AGENTS = "whorl";
  private static final String ALL_FIELDS = "*";
  private static final int NAME_CHARS = 253;
  private static final int GROUP_HEX = 32;
  private static final int FIELDS_MAX = 20;
  private static final int TAGS_MAX = 20;

  private Notices() {}

  static Kind kind(AlertRecord record) {
    return AGENT_SILENT.equals(record.alert().rule()) ? Kind.AGENT_LOST : Kind.ALERT;
  }

  /**
   * @param attack the group of alerts that it is in; null if that is not known
   * @param over true if somebody says that it is over
   */
  static Notice alert(AlertRecord record, @Nullable Id attack, Notification to, boolean over) {
    Alert alert = record.alert();
    return new Notice(
        kind(record),
        group(record, attack, to.groupBy()),
        alert.time(),
        alert.level(),
        over || isResolved(alert),
        Plain.of(alert.title(), Plain.TITLE_CHARS),
        Plain.of(alert.rule(), NAME_CHARS),
        Plain.of(alert.source(), NAME_CHARS),
        name(record.service()),
        name(record.namespace()),
        name(record.pod()),
        id(record.agent()),
        alert.id().value(),
        record.captures().isEmpty() ? null : record.captures().get(0).value(),
        null,
        null,
        null,
        alert.tags().stream().limit(TAGS_MAX).map(tag -> Plain.of(tag, NAME_CHARS)).toList(),
        Map.of(),
        fields(alert.fields(), to.include()),
        List.of());
  }

  /** True if another program says that its alert is over. */
  static boolean isResolved(Alert alert) {
    return "alertmanager".equals(alert.source())
        && "resolved".equals(String.valueOf(alert.fields().get("status")));
  }

  private static String group(AlertRecord record, @Nullable Id attack, GroupBy by) {
    Alert alert = record.alert();
    String service = String.valueOf(record.service());
    return switch (by) {
      case ATTACK -> {
        if (attack != null) {
          yield attack.value();
        }
        if (OF_AGENTS.equals(alert.source())) {
          Id first = record.partOf();
          yield (first == null ? alert.id() : first).value();
        }
        yield hashed(
            alert.source(), alert.rule(), service, "" + record.namespace(), "" + record.pod());
      }
      case RULE -> hashed("rule", alert.rule(), service, "" + record.namespace());
      case SERVICE -> hashed("service", service, "" + record.namespace());
    };
  }

  /** A short name of a group whose parts may be long. */
  private static String hashed(String... parts) {
    byte[] text = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
    return Digest.of(text).hex().substring(0, GROUP_HEX);
  }

  static Notice evidence(EvidenceRecord record, @Nullable AgentIdentity agent) {
    Alert alert = record.alert();
    boolean sealed = record.state() == CaptureState.SEALED;
    String last =
        record.problems().isEmpty() ? null : record.problems().get(record.problems().size() - 1);
    return of(
        Kind.EVIDENCE,
        "evidence-" + record.id(),
        record.sealedAt(),
        alert == null ? Level.INFORMATIONAL : alert.level(),
        sealed
            ? "Evidence is sealed"
            : record.state() == CaptureState.PARTIAL
                ? "Evidence is partial"
                : "Evidence could not be sealed",
        record.service(),
        agent,
        new About(alert, record.capture(), record.id(), record.state(), sealed ? null : last),
        Map.of());
  }

  static Notice capture(CaptureRecord record, @Nullable AgentIdentity agent) {
    Alert alert = record.alert();
    return of(
        Kind.CAPTURE_FAILED,
        "capture-" + record.id(),
        record.requestedAt(),
        alert == null ? Level.MEDIUM : alert.level(),
        record.state() == CaptureState.PARTIAL ? "A capture is incomplete" : "A capture failed",
        record.service(),
        agent,
        new About(alert, record.id(), record.evidence(), record.state(), record.failure()),
        Map.of());
  }

  static Notice report(EvidenceRecord record, Report report, @Nullable AgentIdentity agent) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    Level level = Level.INFORMATIONAL;
    Finding gravest = null;
    for (Finding each : report.findings()) {
      counts.merge(each.severity().word(), 1, Integer::sum);
      Level of = Level.of(each.severity().word());
      if (gravest == null || of.compareTo(level) > 0) {
        gravest = each;
        level = of;
      }
    }
    String title = gravest == null ? "No findings" : gravest.title();
    if (!report.notExamined().isEmpty()) {
      title += "; not all was examined";
    }
    return of(
        Kind.REPORT,
        "report-" + record.id(),
        record.sealedAt(),
        level,
        title,
        record.service(),
        agent,
        new About(record.alert(), record.capture(), record.id(), record.state(), null),
        counts);
  }

  /** An event of a live journal; its values are left out unless they are asked for. */
  static Notice journal(Id agent, EventLine event, @Nullable AgentIdentity of, Notification to) {
    String type = Plain.of(event.type(), NAME_CHARS);
    return new Notice(
        Kind.JOURNAL,
        "journal-" + agent,
        event.time(),
        Level.INFORMATIONAL,
        false,
        type,
        null,
        OF_AGENTS,
        of == null ? null : name(of.service()),
        of == null ? null : name(of.namespace()),
        of == null ? null : name(of.pod()),
        agent.value(),
        null,
        null,
        null,
        null,
        null,
        List.of(),
        Map.of(),
        fields(event.fields(), to.include()),
        List.of());
  }

  /** A message that somebody sends to see whether it arrives. */
  static Notice test(String by, Instant now) {
    return new Notice(
        Kind.TEST,
        "test",
        now,
        Level.INFORMATIONAL,
        false,
        "Test message of Whorl",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        "sent by " + Plain.of(by, NAME_CHARS),
        List.of(),
        Map.of(),
        Map.of(),
        List.of());
  }

  /** What a notice is about. */
  private record About(
      @Nullable Alert alert,
      @Nullable Id capture,
      @Nullable Id evidence,
      CaptureState state,
      @Nullable String reason) {}

  private static Notice of(
      Kind kind,
      String group,
      Instant time,
      Level level,
      String title,
      String service,
      @Nullable AgentIdentity agent,
      About about,
      Map<String, Integer> findings) {
    Alert alert = about.alert();
    return new Notice(
        kind,
        group,
        time,
        level,
        false,
        Plain.of(title, Plain.TITLE_CHARS),
        alert == null ? null : Plain.of(alert.rule(), NAME_CHARS),
        alert == null ? null : Plain.of(alert.source(), NAME_CHARS),
        name(service),
        agent == null ? null : name(agent.namespace()),
        agent == null ? null : name(agent.pod()),
        agent == null ? null : agent.id().value(),
        alert == null ? null : alert.id().value(),
        id(about.capture()),
        id(about.evidence()),
        about.state().word(),
        Plain.orNull(about.reason(), Plain.VALUE_CHARS),
        List.of(),
        findings,
        Map.of(),
        List.of());
  }

  /** The values of the fields that are asked for; agents have masked secrets in them. */
  private static Map<String, String> fields(Map<String, Object> all, List<String> include) {
    Map<String, String> fields = new LinkedHashMap<>();
    boolean every = include.contains(ALL_FIELDS);
    for (Map.Entry<String, Object> each : all.entrySet()) {
      if (fields.size() < FIELDS_MAX && (every || include.contains(each.getKey()))) {
        fields.put(
            Plain.of(each.getKey(), NAME_CHARS),
            Plain.of(String.valueOf(each.getValue()), Plain.VALUE_CHARS));
      }
    }
    return fields;
  }

  private static @Nullable String name(@Nullable String text) {
    return Plain.orNull(text, NAME_CHARS);
  }

  private static @Nullable String id(@Nullable Id id) {
    return id == null ? null : id.value();
  }
}

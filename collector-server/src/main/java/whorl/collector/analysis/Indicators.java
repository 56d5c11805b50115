package whorl.collector.analysis;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.findings.Finding;
import whorl.collector.analysis.findings.Subject;
import whorl.collector.analysis.kinds.Severity;
import whorl.collector.analysis.rows.Addresses;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.Request;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.trail.AnalysisContext;
import whorl.collector.analysis.trail.ClassRows;
import whorl.collector.analysis.trail.EntryPoint;
import whorl.collector.analysis.trail.EntryPoints;
import whorl.collector.store.records.AlertRecord;
import whorl.collector.store.records.Indicator;
import whorl.collector.store.records.IndicatorKind;
import whorl.collector.timeline.Column;
import whorl.evidence.Alert;

/** Collects values by which evidence of other JVMs can be matched. Bounded. */
final class Indicators {
  private static final int VALUES_MAX = 2_000;
  private static final int PATHS_MAX = 200;
  private static final int COMMANDS_MAX = 200;
  private static final int USER_AGENTS_MAX = 200;

  private final Map<IndicatorKind, Map<String, Indicator>> byKind = new LinkedHashMap<>();

  private Indicators() {}

  /** Collects values from all rows of this pass, suspect or not. */
  static Indicators of(RowDispatcher rowDispatcher) {
    Indicators indicators = new Indicators();
    rowDispatcher.subscribe(
        List.of(
            "whorl.HttpRequest",
            "whorl.SocketConnect",
            "whorl.DnsLookup",
            "whorl.ClassDefine",
            "whorl.JndiLookup",
            "whorl.ProcessStart",
            "class.found"),
        row -> {
          switch (row.action()) {
            case "whorl.HttpRequest" -> {
              indicators.add(IndicatorKind.SOURCE_ADDRESS, row.text(Column.SOURCE_IP), row.time());
              indicators.add(IndicatorKind.USER_AGENT, row.text(Column.USER_AGENT), row.time());
            }
            case "whorl.ProcessStart" ->
                indicators.add(IndicatorKind.COMMAND, row.text(Column.COMMAND_LINE), row.time());
            case "whorl.SocketConnect" -> {
              indicators.add(IndicatorKind.HOST, row.text(Column.DESTINATION_DOMAIN), row.time());
              indicators.add(IndicatorKind.HOST, row.text(Column.DESTINATION_IP), row.time());
            }
            case "whorl.DnsLookup" ->
                indicators.add(IndicatorKind.HOST, row.text(Column.DNS_NAME), row.time());
            case "whorl.JndiLookup" ->
                indicators.add(IndicatorKind.LOOKUP, row.field("name"), row.time());
            case "class.found" -> {
              if (!row.fieldObjects("findings").isEmpty()) {
                indicators.addClass(row);
              }
            }
            default -> {
              if (EntryPoints.isUnexplainedClass(row)) {
                indicators.addClass(row);
              }
            }
          }
        });
    return indicators;
  }

  /** Returns all values of this evidence by which other evidence may be matched. */
  static List<Indicator> searchable(
      AnalysisContext context, List<Finding> findings, Indicators rowIndicators) {
    Indicators indicators = new Indicators();
    addIntruders(indicators, context, findings);
    rowIndicators.list().forEach(indicators::add);
    String key = context.evidence().signature().keyId();
    indicators.add(IndicatorKind.AGENT_KEY, key, context.evidence().sealedAt());
    return indicators.list();
  }

  /** Returns the values that point to the intruder. */
  static List<Indicator> ofIntruder(AnalysisContext context, List<Finding> findings) {
    Indicators indicators = new Indicators();
    addIntruders(indicators, context, findings);
    String key = context.evidence().signature().keyId();
    indicators.add(IndicatorKind.AGENT_KEY, key, context.evidence().sealedAt());
    return indicators.list();
  }

  /** Returns the values in an alert's fields. */
  static List<Indicator> of(AlertRecord record) {
    Indicators indicators = new Indicators();
    Alert alert = record.alert();
    Instant time = alert.time();
    indicators.add(
        IndicatorKind.SOURCE_ADDRESS, text(alert.fields().get("request.remoteAddress")), time);
    String event = text(alert.fields().get("event"));
    if (event == null) {
      return indicators.list();
    }
    switch (event) {
      case "whorl.HttpRequest" ->
          indicators.add(
              IndicatorKind.SOURCE_ADDRESS, text(alert.fields().get("remoteAddress")), time);
      case "whorl.SocketConnect", "whorl.DnsLookup" -> {
        indicators.add(IndicatorKind.HOST, text(alert.fields().get("host")), time);
        indicators.add(IndicatorKind.HOST, text(alert.fields().get("address")), time);
      }
      case "whorl.ClassDefine" ->
          indicators.add(IndicatorKind.CLASS, text(alert.fields().get("sha256")), time);
      case "whorl.JndiLookup", "whorl.JndiAnswer" ->
          indicators.add(IndicatorKind.LOOKUP, text(alert.fields().get("name")), time);
      case "whorl.FileOpen", "whorl.FileMode" -> {
        boolean read = "read".equals(text(alert.fields().get("access")));
        if (!read) {
          indicators.add(IndicatorKind.FILE, text(alert.fields().get("path")), time);
        }
      }
      default -> {}
    }
    return indicators.list();
  }

  private static void addIntruders(
      Indicators indicators, AnalysisContext context, List<Finding> findings) {
    for (Request request : context.trail().suspectRequests()) {
      indicators.add(IndicatorKind.SOURCE_ADDRESS, request.source(), request.began());
      indicators.add(IndicatorKind.SOURCE_ADDRESS, request.forwardedFor(), request.began());
    }
    for (EntryPoint entryPoint : context.trail().entryPoints()) {
      if (entryPoint.row().is("whorl.JndiLookup")) {
        indicators.add(
            IndicatorKind.LOOKUP, entryPoint.row().field("name"), entryPoint.row().time());
      }
    }
    for (Finding finding : findings) {
      Instant from = finding.from();
      if (from == null || !finding.severity().atLeast(Severity.MEDIUM)) {
        continue;
      }
      Set<Subject.Kind> wanted =
          switch (finding.analysis()) {
            case "code-loaded" -> Set.of(Subject.Kind.HASH, Subject.Kind.HOST);
            case "persistence" -> Set.of(Subject.Kind.HASH);
            case "files-written" -> Set.of(Subject.Kind.HASH, Subject.Kind.FILE);
            case "contacts" -> Set.of(Subject.Kind.HOST, Subject.Kind.ADDRESS);
            default -> Set.of();
          };
      for (Subject subject : finding.subjects()) {
        if (wanted.contains(subject.kind())) {
          indicators.add(kind(finding, subject), subject.value(), from);
        }
      }
    }
  }

  private static IndicatorKind kind(Finding finding, Subject subject) {
    return switch (subject.kind()) {
      case HASH ->
          finding.analysis().equals("files-written") ? IndicatorKind.FILE : IndicatorKind.CLASS;
      case FILE -> IndicatorKind.FILE;
      default -> IndicatorKind.HOST;
    };
  }

  private void addClass(RowView row) {
    add(IndicatorKind.CLASS, ClassRows.sha256(row), row.time());
    add(IndicatorKind.CLASS_NAME, row.text(Column.CLASS_NAME), row.time());
  }

  private static int most(IndicatorKind kind) {
    return switch (kind) {
      case FILE -> PATHS_MAX;
      case COMMAND -> COMMANDS_MAX;
      case USER_AGENT -> USER_AGENTS_MAX;
      default -> VALUES_MAX;
    };
  }

  private void add(IndicatorKind kind, @Nullable String value, Instant time) {
    String normalized = value == null ? null : normalized(kind, value);
    if (normalized == null) {
      return;
    }
    add(new Indicator(kind, normalized, time, time, 1));
  }

  private void add(Indicator indicator) {
    Map<String, Indicator> ofKind =
        byKind.computeIfAbsent(indicator.kind(), any -> new LinkedHashMap<>());
    if (ofKind.size() < most(indicator.kind()) || ofKind.containsKey(indicator.value())) {
      ofKind.merge(indicator.value(), indicator, Indicator::and);
    }
  }

  /** Returns the normalized value, or null for a value that every machine has. */
  private static @Nullable String normalized(IndicatorKind kind, String value) {
    String text = value.strip();
    if (text.isEmpty() || text.length() > Indicator.VALUE_CHARS) {
      return null;
    }
    return switch (kind) {
      case SOURCE_ADDRESS, HOST -> {
        String address = Addresses.canonical(text);
        String name = text.toLowerCase(Locale.ROOT);
        String host =
            address != null
                ? address
                : name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        yield Addresses.isLoopback(host) ? null : Phrases.cut(host, Indicator.VALUE_CHARS);
      }
      case CLASS -> text.matches("[0-9a-f]{64}") ? text : null;
      default -> Phrases.cut(text, Indicator.VALUE_CHARS - 1);
    };
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private List<Indicator> list() {
    return byKind.values().stream().flatMap(ofKind -> ofKind.values().stream()).toList();
  }
}

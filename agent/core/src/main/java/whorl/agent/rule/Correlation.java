package whorl.agent.rule;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.AgentEvent;
import whorl.agent.rule.CorrelationSpec.Kind;

/**
 * One Sigma correlation rule, its references looked up: which matches of other rules, taken
 * together, are an alert. Immutable.
 */
public final class Correlation {
  private static final int MAX_VALUE_CHARS = 256;

  private final CorrelationSpec spec;
  private final List<Member> members;
  private final List<RuleHead> rules;

  Correlation(CorrelationSpec spec, List<Member> members) {
    this.spec = spec;
    this.members = List.copyOf(members);
    this.rules = members.stream().map(Member::rule).toList();
  }

  /**
   * A rule that the correlation rests on.
   *
   * @param rule the rule, or correlation, by its head
   * @param groupBy where the values of {@code group-by} stand in its events
   * @param counted where the counted values stand
   */
  record Member(RuleHead rule, List<Field> groupBy, List<Field> counted) {}

  public RuleHead head() {
    return spec.head();
  }

  /** Such as {@code temporal_ordered}. */
  public String type() {
    return spec.kind().word();
  }

  /** The rules it rests on, in the order in which it names them. */
  public List<RuleHead> rules() {
    return rules;
  }

  /** Whether the rules it rests on alert by themselves as well. */
  public boolean generates() {
    return spec.generate();
  }

  Kind kind() {
    return spec.kind();
  }

  long timespanNanos() {
    return spec.timespanNanos();
  }

  @Nullable CountCondition count() {
    return spec.count();
  }

  List<String> references() {
    return spec.references();
  }

  int members() {
    return members.size();
  }

  /** Whether the alert can come only when the timespan is over. */
  boolean waitsForTheEnd() {
    CountCondition count = spec.count();
    return count != null && !count.isKnownAtOnce();
  }

  /** The group the event belongs to; null when it lacks one of the fields and thus has none. */
  @Nullable String group(int member, AgentEvent event) {
    return joined(members.get(member).groupBy(), event);
  }

  /** The value that counts; null when the event has none. */
  @Nullable String counted(int member, AgentEvent event) {
    return joined(members.get(member).counted(), event);
  }

  /** For people: {@code request.id=7f3a, thread=http-1}; empty when there is no group-by. */
  String describedGroup(int member, AgentEvent event) {
    StringJoiner text = new StringJoiner(", ");
    List<Field> fields = members.get(member).groupBy();
    for (int i = 0; i < fields.size(); i++) {
      text.add(spec.groupBy().get(i) + "=" + bounded(String.valueOf(fields.get(i).value(event))));
    }
    return text.toString();
  }

  private static @Nullable String joined(List<Field> fields, AgentEvent event) {
    if (fields.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (Field field : fields) {
      Object value = field.value(event);
      if (value == null) {
        return null;
      }
      text.append(bounded(value.toString())).append('\0');
    }
    return text.toString();
  }

  /** Long values keep their beginning, and are told apart by length and hash. */
  private static String bounded(String value) {
    return value.length() <= MAX_VALUE_CHARS
        ? value
        : value.substring(0, MAX_VALUE_CHARS) + '…' + value.length() + '/' + value.hashCode();
  }

  @Override
  public String toString() {
    return spec.head().toString();
  }
}

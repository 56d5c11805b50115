package whorl.rules.correlate;

import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.rules.correlate.CorrelationSpec.Kind;
import whorl.rules.match.Field;
import whorl.rules.match.RuleHead;

/**
 * One Sigma correlation rule with its references resolved: the matches of other rules that together
 * are an alert. Immutable.
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
   * A rule that the correlation refers to.
   *
   * @param rule the head of the rule or correlation
   * @param groupBy the fields of its events for {@code group-by}
   * @param counted the fields of its events whose values are counted
   */
  record Member(RuleHead rule, List<Field> groupBy, List<Field> counted) {}

  public RuleHead head() {
    return spec.head();
  }

  /** For example {@code temporal_ordered}. */
  public String type() {
    return spec.kind().word();
  }

  /** The rules that it refers to, in their order in the file. */
  public List<RuleHead> rules() {
    return rules;
  }

  /** True if the rules that it refers to alert by themselves as well. */
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

  int members() {
    return members.size();
  }

  /** True if the alert can come only at the end of the timespan. */
  public boolean waitsForTheEnd() {
    CountCondition count = spec.count();
    return count != null && !count.isDecidedEarly();
  }

  /** The group of the event; null if the event lacks one of the fields. */
  public @Nullable String group(int member, AgentEvent event) {
    return joined(members.get(member).groupBy(), event);
  }

  /** The value to count; null if the event has none. */
  public @Nullable String counted(int member, AgentEvent event) {
    return joined(members.get(member).counted(), event);
  }

  /**
   * The group as text for people: {@code request.id=7f3a, thread=http-1}; empty without group-by.
   */
  public String describedGroup(int member, AgentEvent event) {
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

  /**
   * Cuts a long value; its length and hash keep it distinct from others with the same beginning.
   */
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

package whorl.collector.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.unit.ContentType;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.IRule;
import org.openjdk.jmc.flightrecorder.rules.RuleRegistry;
import org.openjdk.jmc.flightrecorder.rules.Severity;
import org.openjdk.jmc.flightrecorder.rules.util.RulesToolkit;

/**
 * One event of each of the agent's types, recorded by JFR and derived from the ring: Mission
 * Control's libraries show the same for both, and all their rules run on them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MissionControlTest {
  private IItemCollection recorded;
  private IItemCollection derived;

  @BeforeAll
  void make(@TempDir Path folder) throws Exception {
    BothRecordings both = BothRecordings.make(folder);
    recorded = both.recorded();
    derived = both.derived();
  }

  @Test
  void recordedAndDerived_haveTheSameTypes_labelsCategoriesAndUnits() {
    Map<String, Map<String, String>> types = described(recorded);

    assertThat(types).hasSizeGreaterThan(20);
    assertThat(described(derived)).isEqualTo(types);
  }

  @Test
  void fields_haveTheirContentTypes() {
    for (IItemCollection events : List.of(recorded, derived)) {
      assertThat(contentType(events, "whorl.HttpRequest", "elapsed"))
          .isEqualTo(UnitLookup.TIMESPAN);
      assertThat(contentType(events, "whorl.HttpRequest", "requestBytes"))
          .isEqualTo(UnitLookup.MEMORY);
      assertThat(contentType(events, "whorl.ClassDefine", "size")).isEqualTo(UnitLookup.MEMORY);
      assertThat(contentType(events, "whorl.ClassDefine", "hidden")).isEqualTo(UnitLookup.FLAG);
      assertThat(contentType(events, "whorl.SocketConnect", "port")).isEqualTo(UnitLookup.NUMBER);
      assertThat(contentType(events, "whorl.FileOpen", "path")).isEqualTo(UnitLookup.PLAIN_TEXT);
      assertThat(quantity(events, "whorl.HttpRequest", "elapsed").in(UnitLookup.NANOSECOND))
          .isEqualTo(UnitLookup.NANOSECOND.quantity(10));
      assertThat(quantity(events, "whorl.ClassDefine", "size").in(UnitLookup.BYTE))
          .isEqualTo(UnitLookup.BYTE.quantity(3));
    }
  }

  /** Mission Control offers, for a selection, the events that share an attribute's value. */
  @Test
  void requestId_isOneAttributeAcrossAllTypes() {
    for (IItemCollection events : List.of(recorded, derived)) {
      List<IAttribute<?>> ids = new ArrayList<>();
      BothRecordings.types(events)
          .values()
          .forEach(type -> ids.add(BothRecordings.attribute(type, "requestId")));

      assertThat(ids).hasSizeGreaterThan(20);
      assertThat(ids).allSatisfy(id -> assertThat(id).isEqualTo(ids.get(0)));
      assertThat(ids).allSatisfy(id -> assertThat(id.getName()).isEqualTo("Request Id"));
    }
  }

  @Test
  void recorded_allRulesRun() throws Exception {
    Map<String, IResult> results = results(recorded);

    assertThat(results).hasSizeGreaterThan(50);
    assertThat(results.values().stream().map(IResult::getSeverity).distinct())
        .contains(Severity.OK);
  }

  @Test
  void derived_allRulesRun_andNoneWarns() throws Exception {
    Map<String, IResult> results = results(derived);

    assertThat(results).hasSizeGreaterThan(50);
    assertThat(results.values()).noneMatch(r -> r.getSeverity() == Severity.WARNING);
  }

  /** A rule that throws fails this, with the rule's name. */
  private static Map<String, IResult> results(IItemCollection events) throws Exception {
    Map<String, IResult> results = new TreeMap<>();
    Map<IRule, Future<IResult>> running =
        RulesToolkit.evaluateParallel(RuleRegistry.getRules(), events, null, 2);
    for (Map.Entry<IRule, Future<IResult>> rule : running.entrySet()) {
      IResult result = rule.getValue().get();
      assertThat(result).as(rule.getKey().getId()).isNotNull();
      assertThat(result.getSeverity()).as(rule.getKey().getId()).isNotNull();
      results.put(rule.getKey().getId(), result);
    }
    return results;
  }

  /**
   * Returns label, category and description of each type, and label, description and unit of each
   * field.
   */
  private static Map<String, Map<String, String>> described(IItemCollection events) {
    Map<String, Map<String, String>> described = new TreeMap<>();
    BothRecordings.types(events)
        .forEach(
            (name, type) -> {
              Map<String, String> details = new TreeMap<>();
              details.put("", type.getName() + ": " + type.getDescription());
              for (IAttribute<?> attribute : type.getAttributes()) {
                if (Objects.requireNonNull(EventTypes.of(name)).field(attribute.getIdentifier())
                    != null) {
                  details.put(
                      attribute.getIdentifier() + ":" + attribute.getContentType().getIdentifier(),
                      attribute.getName() + ": " + attribute.getDescription());
                }
              }
              described.put(name, details);
            });
    return described;
  }

  private static ContentType<?> contentType(IItemCollection events, String type, String field) {
    return BothRecordings.attribute(
            Objects.requireNonNull(BothRecordings.types(events).get(type)), field)
        .getContentType();
  }

  private static IQuantity quantity(IItemCollection events, String type, String field) {
    for (IItemIterable items : events) {
      if (items.getType().getIdentifier().equals(type)) {
        for (IItem item : items) {
          return (IQuantity)
              BothRecordings.attribute(items.getType(), field)
                  .getAccessor(items.getType())
                  .getMember(item);
        }
      }
    }
    throw new AssertionError("no " + type);
  }
}

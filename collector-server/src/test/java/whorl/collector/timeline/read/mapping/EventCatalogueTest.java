package whorl.collector.timeline.read.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.event.EventType;

/** Every event of the agent has a category and a sentence in the timeline. */
class EventCatalogueTest {
  /** Types that no rule sees, and so have no category to derive one from. */
  private static final Set<EventType> WITHOUT_RULES =
      Set.of(EventType.PROCESS_EXIT, EventType.CONSOLE, EventType.METHOD_CALL, EventType.ALERT);

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SELF_TEST")
  void typeOfTheJdk_hasAMapping(EventType type) {
    if (!type.isRecorded()) {
      assertThat(EventMappings.find(type.jfrName())).as(type.jfrName()).isNotNull();
    }
  }

  /** So the mapping of a new event can be left out. */
  @ParameterizedTest
  @EnumSource
  void typeOfTheAgent_withoutAMapping_hasTheSameCategory(EventType type) {
    if (type.isRecorded() && !WITHOUT_RULES.contains(type)) {
      assertThat(EventMappings.defaultMapping(type.jfrName()).category())
          .as(type.jfrName())
          .isEqualTo(TimelineCategories.of(type.jfrName()));
    }
  }

  @Test
  void typeOfTheAgent_withoutAMapping_hasASentenceOfItsFields() {
    EventMapping mapping = EventMappings.defaultMapping("whorl.FileRename");

    assertThat(mapping.sentence().with(Map.of("path", "/tmp/a", "target", "/tmp/b")::get))
        .isEqualTo("FileRename, path /tmp/a, target /tmp/b");
  }

  @Test
  void unknownType_hasTheCategoryHost() {
    assertThat(EventMappings.defaultMapping("whorl.OfANewerAgent").category()).isEqualTo("host");
    assertThat(EventMappings.defaultMapping("jdk.Unknown").category()).isEqualTo("host");
    assertThat(EventMappings.defaultMapping("com.shop.Order").category()).isEqualTo("process");
  }
}

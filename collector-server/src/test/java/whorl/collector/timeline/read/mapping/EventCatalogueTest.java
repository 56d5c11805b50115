package whorl.collector.timeline.read.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.event.EventType;

/** Every event of the agent has a category and a sentence of its own in the timeline. */
class EventCatalogueTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SELF_TEST")
  void everyType_hasAMapping(EventType type) {
    assertThat(EventMappings.find(type.jfrName())).as(type.jfrName()).isNotNull();
  }
}

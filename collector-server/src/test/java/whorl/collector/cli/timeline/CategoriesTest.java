package whorl.collector.cli.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import whorl.collector.timeline.read.mapping.TimelineCategories;
import whorl.event.EventType;

class CategoriesTest {
  @ParameterizedTest
  @EnumSource
  void liveEvent_hasTheCategoryOfTheTimeline(EventType type) {
    if (type.jfrName().startsWith("whorl.")) {
      assertThat(Categories.ofType(type.jfrName()))
          .isEqualTo(TimelineCategories.of(type.jfrName()));
    }
  }
}

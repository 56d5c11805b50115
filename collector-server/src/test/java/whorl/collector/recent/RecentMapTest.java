package whorl.collector.recent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentMapTest {
  @Test
  void byAddition_fullMap_losesWhatWasAddedFirst() {
    Map<String, Integer> map = RecentMap.byAddition(2);
    map.put("a", 1);
    map.put("b", 2);
    assertThat(map.get("a")).isEqualTo(1);
    map.put("c", 3);

    assertThat(map).containsOnlyKeys("b", "c");
  }

  @Test
  void byUse_fullMap_losesWhatWasUsedLongestAgo() {
    Map<String, Integer> map = RecentMap.byUse(2);
    map.put("a", 1);
    map.put("b", 2);
    assertThat(map.get("a")).isEqualTo(1);
    map.put("c", 3);

    assertThat(map).containsOnlyKeys("a", "c");
  }
}

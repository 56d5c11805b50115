package whorl.collector.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongTableTest {
  @Test
  void table_behavesLikeAMap() {
    Random random = new Random(5);
    LongTable table = new LongTable();
    Map<Long, Integer> map = new HashMap<>();
    for (int i = 1; i <= 100_000; i++) {
      long key = random.nextBoolean() ? random.nextInt(30_000) : random.nextLong() << 40;
      table.put(key, i);
      map.put(key, i);
    }
    assertThat(table.size()).isEqualTo(map.size());
    map.forEach((key, value) -> assertThat(table.get(key)).isEqualTo(value));
    for (long absent = 30_000; absent < 40_000; absent++) {
      assertThat(table.slot(absent)).isEqualTo(-1);
    }
  }
}

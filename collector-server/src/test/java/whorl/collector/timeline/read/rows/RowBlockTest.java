package whorl.collector.timeline.read.rows;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import whorl.collector.timeline.Column;

class RowBlockTest {
  private final RowBlock block = new RowBlock();

  /** A block that is full without a row would be asked for its first row again and again. */
  @Test
  void abandonedRows_takeNoRoom() {
    for (int i = 0; i < 100_000; i++) {
      block.begin(i, i, true);
      block.put(Column.MESSAGE, "x".repeat(1_000));
      block.abandon();
    }

    assertThat(block.size()).isZero();
    assertThat(block.full()).isFalse();
  }

  @Test
  void rows_fillTheBlockByTheirBytes() {
    int rows = 0;
    while (!block.full()) {
      block.begin(rows, rows, true);
      block.put(Column.MESSAGE, "x".repeat(60_000));
      block.end();
      rows++;
    }

    assertThat(rows).isLessThan(RowBlock.CAPACITY);
    assertThat(block.size()).isEqualTo(rows);
  }
}

package whorl.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StackEndTest {
  private int depth;
  private boolean metAtTheEnd;

  @Test
  void met_changesTheCount() {
    int before = StackEnd.count();

    StackEnd.met();

    assertThat(StackEnd.count()).isEqualTo(before + 1);
  }

  @Test
  void metIfNear_withRoom_changesNothing() {
    int before = StackEnd.count();

    StackEnd.metIfNear();

    assertThat(StackEnd.count()).isEqualTo(before);
  }

  @Test
  void metIfNear_atTheEnd_changesTheCount() throws InterruptedException {
    Thread thread = new Thread(null, this::deeper, "deep", 256 << 10);
    thread.start();
    thread.join();

    assertThat(metAtTheEnd).isTrue();
  }

  private void deeper() {
    depth++;
    try {
      deeper();
    } catch (StackOverflowError end) {
      depth--;
    }
    if (!metAtTheEnd) {
      int before = StackEnd.count();
      try {
        StackEnd.metIfNear();
        metAtTheEnd = StackEnd.count() != before;
      } catch (StackOverflowError noRoomAtAll) {
        depth--;
      }
    }
  }
}

package whorl.agent.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class HandoffTest {
  private static final int CAPACITY = 4;
  private static final long MAX_BYTES = 100;

  /** A queue without memory for another value. */
  private static final class Exhausted extends ConcurrentLinkedQueue<Handoff.Waiting<String>> {
    private static final long serialVersionUID = 1;
    private boolean exhausted = true;

    @Override
    public boolean add(Handoff.Waiting<String> value) {
      if (exhausted) {
        throw new OutOfMemoryError("for a test");
      }
      return super.add(value);
    }
  }

  @Test
  void offer_beyondTheLimits_isCountedAndDropped() {
    Handoff<String> handoff = new Handoff<>(CAPACITY, MAX_BYTES);
    for (int i = 0; i < CAPACITY; i++) {
      assertThat(handoff.offer("a", 10)).isTrue();
    }

    assertThat(handoff.offer("b", 10)).isFalse();
    assertThat(handoff.poll()).isEqualTo("a");
    assertThat(handoff.offer("large", 90)).isFalse();

    assertThat(handoff.dropped()).isEqualTo(2);
    assertThat(handoff.size()).isEqualTo(CAPACITY - 1);
    assertThat(handoff.bytes()).isEqualTo(30);
  }

  @Test
  void offer_noMemoryForTheValue_givesBackWhatItReserved() {
    Exhausted queue = new Exhausted();
    Handoff<String> handoff = new Handoff<>(CAPACITY, MAX_BYTES, queue);
    for (int i = 0; i < 10 * CAPACITY; i++) {
      assertThatThrownBy(() -> handoff.offer("lost", 10)).isInstanceOf(OutOfMemoryError.class);
    }
    queue.exhausted = false;

    assertThat(handoff.dropped()).isEqualTo(10 * CAPACITY);
    assertThat(handoff.bytes()).isZero();
    assertThat(handoff.offer("kept", 10)).isTrue();
    assertThat(handoff.poll()).isEqualTo("kept");
  }

  /** At the end of the stack every call may be the one that fails, also the one that gives back. */
  @Test
  void offer_atTheEndOfTheStack_doesNotFillTheQueueForGood() throws InterruptedException {
    Handoff<String> handoff = new Handoff<>(CAPACITY, MAX_BYTES);
    Thread deep =
        new Thread(
            null,
            () -> {
              for (int i = 0; i < 500; i++) {
                offerUntilTheStackEnds(handoff, i % 7);
              }
            },
            "deep",
            256 << 10);
    deep.start();
    deep.join();
    while (handoff.poll() != null) {
      continue;
    }

    handoff.await(1);
    handoff.await(1);

    assertThat(handoff.size()).isZero();
    assertThat(handoff.bytes()).isZero();
    assertThat(handoff.offer("kept", 100)).isTrue();
  }

  private static int offerUntilTheStackEnds(Handoff<String> handoff, int frames) {
    try {
      return frames > 0
          ? offerUntilTheStackEnds(handoff, frames - 1) + 1
          : deeper(handoff, Integer.MAX_VALUE);
    } catch (StackOverflowError end) {
      return 0;
    }
  }

  private static int deeper(Handoff<String> handoff, int calls) {
    handoff.poll();
    handoff.offer("a", 1);
    return calls == 0 ? 0 : deeper(handoff, calls - 1) + 1;
  }
}

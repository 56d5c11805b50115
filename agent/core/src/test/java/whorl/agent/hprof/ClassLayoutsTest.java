package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import whorl.agent.hprof.held.HoldBudget;

class ClassLayoutsTest {
  private final ClassLayouts layouts = new ClassLayouts(new HoldBudget(8 << 20));

  @Test
  void zeroed_inheritedFields_comeAfterOwn() throws IOException {
    layouts.add(1, 0, 0, new int[0]);
    layouts.add(2, 1, 20, new int[] {4, 8});
    layouts.add(3, 2, 12, new int[0]);
    layouts.add(4, 3, 9, new int[] {1, 2});

    assertThat(layouts.zeroed(4, 41)).containsExactly(1, 2, 9 + 12 + 4, 8);
    assertThat(layouts.zeroed(3, 32)).containsExactly(12 + 4, 8);
    assertThat(layouts.zeroed(2, 20)).containsExactly(4, 8);
    assertThat(layouts.zeroed(1, 0)).isEmpty();
    assertThat(layouts.hasZeroed(2)).isTrue();
    assertThat(layouts.hasZeroed(3)).isFalse();
  }

  @Test
  void zeroed_otherLength_isNotKnown() throws IOException {
    layouts.add(2, 0, 20, new int[] {4, 4});

    assertThat(layouts.zeroed(2, 24)).isNull();
    assertThat(layouts.zeroed(2, 20)).isNotNull();
    assertThat(layouts.zeroed(2, -1)).isNull();
  }

  @Test
  void zeroed_unknownClassOrSuperClass_isNotKnown() throws IOException {
    layouts.add(2, 77, 4, new int[0]);

    assertThat(layouts.zeroed(2, 4)).isNull();
    assertThat(layouts.zeroed(5, 4)).isNull();
    assertThat(layouts.zeroed(0, 0)).isNull();
  }

  @Test
  void zeroed_manyClasses_areAllFound() throws IOException {
    for (int i = 1; i <= 5_000; i++) {
      layouts.add(0x7F00_0000_0000L + 104L * i, 0, i, new int[] {i - 1, 1});
    }

    for (int i = 1; i <= 5_000; i++) {
      assertThat(layouts.zeroed(0x7F00_0000_0000L + 104L * i, i)).containsExactly(i - 1, 1);
    }
    assertThat(layouts.size()).isEqualTo(5_000);
  }

  @Test
  void add_moreThanTheBudget_fails() {
    ClassLayouts small = new ClassLayouts(new HoldBudget(10_000));

    assertThatThrownBy(
            () -> {
              for (int i = 1; i < 1_000; i++) {
                small.add(i, 0, 4, new int[0]);
              }
            })
        .hasMessageContaining("10000 bytes");
  }
}

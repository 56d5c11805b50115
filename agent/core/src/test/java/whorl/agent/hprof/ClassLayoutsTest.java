package whorl.agent.hprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import whorl.agent.hprof.held.HoldBudget;

class ClassLayoutsTest {
  private final ClassLayouts layouts = new ClassLayouts(new HoldBudget(8 << 20));

  @Test
  void hashes_inheritedFields_comeAfterOwn() throws IOException {
    layouts.add(1, 0, 0, new int[0]);
    layouts.add(2, 1, 20, new int[] {4, 8});
    layouts.add(3, 2, 12, new int[0]);
    layouts.add(4, 3, 9, new int[] {1});

    assertThat(layouts.hashes(4, 41)).containsExactly(1, 9 + 12 + 4, 9 + 12 + 8);
    assertThat(layouts.hashes(3, 32)).containsExactly(12 + 4, 12 + 8);
    assertThat(layouts.hashes(2, 20)).containsExactly(4, 8);
    assertThat(layouts.hashes(1, 0)).isEmpty();
    assertThat(layouts.hasHash(2)).isTrue();
    assertThat(layouts.hasHash(3)).isFalse();
  }

  @Test
  void hashes_otherLength_isNotKnown() throws IOException {
    layouts.add(2, 0, 20, new int[] {4});

    assertThat(layouts.hashes(2, 24)).isNull();
    assertThat(layouts.hashes(2, 20)).isNotNull();
    assertThat(layouts.hashes(2, -1)).isNull();
  }

  @Test
  void hashes_unknownClassOrSuperClass_isNotKnown() throws IOException {
    layouts.add(2, 77, 4, new int[0]);

    assertThat(layouts.hashes(2, 4)).isNull();
    assertThat(layouts.hashes(5, 4)).isNull();
    assertThat(layouts.hashes(0, 0)).isNull();
  }

  @Test
  void hashes_manyClasses_areAllFound() throws IOException {
    for (int i = 1; i <= 5_000; i++) {
      layouts.add(0x7F00_0000_0000L + 104L * i, 0, i, new int[] {i - 1});
    }

    for (int i = 1; i <= 5_000; i++) {
      assertThat(layouts.hashes(0x7F00_0000_0000L + 104L * i, i)).containsExactly(i - 1);
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

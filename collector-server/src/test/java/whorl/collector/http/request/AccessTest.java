package whorl.collector.http.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import whorl.collector.store.access.Part;

class AccessTest {
  private static final Part SHOP = new Part(Set.of("shop"), Set.of(), Map.of());
  private static final Part BANK = new Part(Set.of("bank"), Set.of(), Map.of());

  @Test
  void within_givesTheLesserRole_ofWhatBothHave() {
    Access access = new Access(List.of(new Grant(Role.ADMIN, SHOP), new Grant(Role.VIEWER, BANK)));

    assertThat(access.within(new Grant(Role.RESPONDER, Part.EVERYTHING)).grants())
        .containsExactly(new Grant(Role.RESPONDER, SHOP), new Grant(Role.VIEWER, BANK));
    assertThat(access.within(new Grant(Role.ADMIN, SHOP)).grants())
        .containsExactly(new Grant(Role.ADMIN, SHOP));
    assertThat(access.within(new Grant(Role.VIEWER, BANK)).grants())
        .containsExactly(new Grant(Role.VIEWER, BANK));
  }

  @Test
  void within_rolesThatDoNotIncludeEachOther_giveNothing() {
    assertThat(Access.everywhere(Role.AGENT).within(new Grant(Role.VIEWER, SHOP)).grants())
        .isEmpty();
    assertThat(new Access(List.of()).within(new Grant(Role.ADMIN, Part.EVERYTHING)).highest())
        .isNull();
  }

  @Test
  void highest_isTheHighestOfAllGrants() {
    assertThat(
            new Access(List.of(new Grant(Role.VIEWER, SHOP), new Grant(Role.RESPONDER, BANK)))
                .highest())
        .isEqualTo(Role.RESPONDER);
  }
}

package whorl.collector.retention;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedRoomTest {
  private final SharedRoom room = new SharedRoom();

  @Test
  void oneAccount_givesWayUntilTheLimitIsMet() {
    room.add("", 100);
    room.limit(60);
    assertThat(room.mustGiveWay("")).isTrue();
    room.subtract("", 39);
    assertThat(room.mustGiveWay("")).isTrue();
    room.subtract("", 1);
    assertThat(room.mustGiveWay("")).isFalse();
  }

  @Test
  void flood_givesWay_andTheOthersKeepAll() {
    room.add("flood", 1000);
    room.add("shop", 30);
    room.add("bank", 20);
    room.limit(100);
    assertThat(room.mustGiveWay("shop")).isFalse();
    assertThat(room.mustGiveWay("bank")).isFalse();
    room.subtract("flood", 949);
    assertThat(room.mustGiveWay("flood")).as("51 and 50 are too many").isTrue();
    room.subtract("flood", 1);
    assertThat(room.mustGiveWay("flood")).isFalse();
  }

  @Test
  void twoLargeOnes_giveWayToTheSameLevel() {
    room.add("a", 80);
    room.add("b", 60);
    room.add("c", 10);
    room.limit(100); // 45, 45 and 10
    room.subtract("a", 34);
    assertThat(room.mustGiveWay("a")).isTrue();
    assertThat(room.mustGiveWay("b")).isTrue();
    assertThat(room.mustGiveWay("c")).isFalse();
    room.subtract("a", 1);
    assertThat(room.mustGiveWay("a")).isFalse();
    room.subtract("b", 15);
    assertThat(room.mustGiveWay("b")).isFalse();
  }

  @Test
  void belowTheLimit_orWithoutOne_nobodyGivesWay() {
    room.add("a", 80);
    assertThat(room.mustGiveWay("a")).isFalse();
    room.limit(80);
    assertThat(room.mustGiveWay("a")).isFalse();
    assertThat(room.mustGiveWay("nobody")).isFalse();
  }
}

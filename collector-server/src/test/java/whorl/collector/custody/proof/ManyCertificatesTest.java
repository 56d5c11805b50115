package whorl.collector.custody.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A bag's maker may put any certificates into a time stamp. */
class ManyCertificatesTest {
  @Test
  @Timeout(20)
  void certificatesThatFollowEachOther_doNotKeepTheVerifierBusy() throws Exception {
    byte[] content = {1, 2, 3};
    TimeStamp stamp = TimeStamp.parse(StampMaker.make(60).stamp(content));

    String problem = stamp.problem(content, List.of(StampMaker.make(0).authority()));

    assertThat(problem).contains("more than 6 certificates");
  }
}

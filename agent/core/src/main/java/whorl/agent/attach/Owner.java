package whorl.agent.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The user and group that files in the target's {@code /tmp} are given to, if this process is root
 * and the target is not.
 */
record Owner(int uid, int gid, boolean differs) {
  static Owner of(TargetProcess target, TargetProcess self) {
    return new Owner(
        target.uid(), target.gid(), target.uid() != self.uid() || target.gid() != self.gid());
  }

  void give(Path file) throws IOException {
    if (differs) {
      Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }
  }
}

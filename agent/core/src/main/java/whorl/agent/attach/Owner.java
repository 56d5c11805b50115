package whorl.agent.attach;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;

/**
 * The user and group that files in the target's {@code /tmp} are given to, if this process is root
 * and the target is not.
 */
record Owner(int uid, int gid, boolean differs) {
  static Owner of(TargetProcess target, TargetProcess self) {
    return new Owner(
        target.uid(), target.gid(), target.uid() != self.uid() || target.gid() != self.gid());
  }

  /** The same, of a file that is named relative to an open folder. */
  void give(PosixFileAttributeView file) throws IOException {
    if (differs) {
      UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
      file.setGroup(names.lookupPrincipalByGroupName(Integer.toString(gid)));
      file.setOwner(names.lookupPrincipalByName(Integer.toString(uid)));
    }
  }

  void give(Path file) throws IOException {
    if (differs) {
      Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }
  }
}

package whorl.architecture;

import java.util.List;

/**
 * One row of a package table.
 *
 * @param line the line of the document, from 1
 * @param label the first cell, as the document writes it
 * @param name the full name of the package; the row holds for it and all packages below it that
 *     have no row of their own
 * @param root whether the row names the root of the table, without the packages below it
 */
record PackageRow(int line, String label, String name, boolean root, List<Permission> permissions) {

  /** Whether this row may hold for the package. */
  boolean covers(String packageName) {
    return root ? packageName.equals(name) : isAtOrBelow(packageName, name);
  }

  static boolean isAtOrBelow(String packageName, String top) {
    return packageName.equals(top) || packageName.startsWith(top + ".");
  }

  /**
   * One item of a row's last cell.
   *
   * @param label the item, as the document writes it
   * @param packages the packages that it permits, each with all packages below it
   * @param everything whether it permits each package of the table, used or not
   */
  record Permission(String label, List<String> packages, boolean everything) {
    boolean covers(String packageName) {
      return packages.stream().anyMatch(each -> isAtOrBelow(packageName, each));
    }
  }
}

package whorl.agent.hprof;

/** What the parts of one pass share. For the thread that writes. */
record PassState(
    Content content,
    HprofHead head,
    Outlet outlet,
    TopRecords top,
    NameTable names,
    PaddingFrames padding,
    ClassLayouts layouts)
    implements AutoCloseable {

  static PassState of(Content content, HprofHead head, Outlet outlet, HoldBudget budget) {
    NameTable names = new NameTable(head.idBytes(), budget);
    PaddingFrames padding = new PaddingFrames(head.idBytes(), budget);
    TopRecords top = new TopRecords(content, head.idBytes(), outlet, names, padding, budget);
    return new PassState(content, head, outlet, top, names, padding, new ClassLayouts(budget));
  }

  @Override
  public void close() {
    names.close();
    top.close();
  }
}

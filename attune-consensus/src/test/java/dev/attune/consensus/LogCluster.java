package dev.attune.consensus;

/** Members of one log in one process, as {@link ReplicatedLogContract} drives them; each engine brings its own. */
public interface LogCluster extends AutoCloseable {
    /**
     * Starts a member with an empty {@link JournalMachine}; its files are kept from earlier starts.
     *
     * @param initial who votes when the member has no files yet; without voters it waits to be added
     */
    void start(MemberId id, Membership initial) throws Exception;

    /** Stops a running member; what it had acknowledged must be on its disk. */
    void stop(MemberId id);

    /** As if a running member's process died: all its connections close and it takes no leave of anybody. */
    void kill(MemberId id);

    /** Lets nothing pass to or from the member any more; its process and files stay. */
    void isolate(MemberId id);

    /** Ends {@link #isolate}. */
    void heal(MemberId id);

    /** A running member's end of the log. */
    ReplicatedLog log(MemberId id);

    /** A running member's state. */
    JournalMachine machine(MemberId id);

    @Override
    void close();
}

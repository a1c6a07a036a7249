package io.sluice.mqtt.port;

import org.jspecify.annotations.Nullable;

/** How many messages of a lane have no outcome yet, and what waits until there is none. Confined to the event loop. */
public final class Outstanding {

    private int count;
    private @Nullable Runnable whenNone;

    public int count() {
        return count;
    }

    public void add() {
        count++;
    }

    /** One has its outcome, and whoever published it is told next; {@link #settle} follows. */
    public void remove() {
        count--;
    }

    /** Runs what waits, if there is none any more: not yet, if another has come while the outcome was told. */
    public void settle() {
        Runnable task = whenNone;
        if (task != null && count == 0) {
            whenNone = null;
            task.run();
        }
    }

    /** Runs the task once, as soon as there is none: within this call when there is none now. One task at a time. */
    public void whenNone(Runnable task) {
        whenNone = task;
        settle();
    }
}

package io.sluice.mqtt.codec;

/**
 * For how long one connection's packets are read in a row, so that one who sends much does not keep the others of its
 * event loop waiting. Confined to its loop.
 */
public interface ReadTurn {

    /** For a connection that shares its loop with nobody. */
    ReadTurn ENDLESS = new ReadTurn() {
        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public void onAllRead() {
            // There is nobody else.
        }
    };

    /**
     * Asked before the first packet of a read, where the turn begins unless it was given, and between two packets now
     * and then.
     *
     * @return whether others come first: nothing is read then until {@link PacketDecoder#resume}
     */
    boolean isOver();

    /** Everything that has come is read. */
    void onAllRead();
}

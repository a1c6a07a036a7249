package io.sluice.mqtt.session;

/** How a session lost its connection: what becomes of its will (MQTT 5, section 3.1.2.5). */
public enum Ending {
    /** The client said a normal goodbye: no will [MQTT-3.1.2-10]. */
    GOODBYE,
    /** Whatever else: the will is due, after its delay [MQTT-3.1.2-8]. */
    LOST,
    /**
     * The server goes, and has sent the client away: an operator's restart is no failure of the devices, so the will
     * waits for as long as a device needs to come back, to this server or to another.
     */
    DRAINED
}

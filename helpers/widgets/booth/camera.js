// The camera: started by a press, stopped by a press, when its cell's output goes, and when the kernel has gone.
// A picture is the square that the preview shows. The preview is mirrored, as people expect; the pictures are not.

const NO_CAMERA = {
  NotAllowedError: "The camera was refused. Allow it in the browser's settings for this page, or add photo files instead.",
  NotFoundError: "No camera was found. Connect one, or add photo files instead.",
  OverconstrainedError: "No camera was found. Connect one, or add photo files instead.",
  NotReadableError: "The camera can't be read; another program may be using it. Close that, or add photo files instead.",
};
const NOT_SECURE =
  "This page may not use a camera: browsers allow it only on localhost and on https pages. Add photo files instead.";
const QUALITY = 0.92; // of JPEG

function makeCamera(video, changed) {
  let stream = null;
  let starting = false;
  let wanted = false;
  const canvas = document.createElement("canvas");

  function stop(said = "") {
    wanted = false;
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    changed(said);
  }

  async function start() {
    if (stream || starting) return;
    if (!navigator.mediaDevices?.getUserMedia) return changed(NOT_SECURE);
    starting = wanted = true;
    changed("Asking for the camera …");
    try {
      const asked = { video: { width: { ideal: 640 }, height: { ideal: 480 } }, audio: false };
      stream = await navigator.mediaDevices.getUserMedia(asked);
      if (!wanted) return stop(); // the cell went while the browser was asking
      stream.getVideoTracks()[0].addEventListener("ended", () => stop("The camera has stopped. Start it again."));
      video.srcObject = stream;
      await video.play();
      changed("The camera is on.");
    } catch (error) {
      stop(NO_CAMERA[error.name] ?? `The camera can't be started (${error.message}). Add photo files instead.`);
    } finally {
      starting = false;
    }
  }

  return {
    start,
    stop,
    isOn: () => stream !== null && video.videoWidth > 0,
    picture: (side) => square(canvas, video, video.videoWidth, video.videoHeight, side),
  };
}

// The middle square of a picture as the bytes of a JPEG; null where there is no picture yet.
async function square(canvas, source, width, height, side) {
  const whole = Math.min(width, height);
  if (!whole) return null;
  canvas.width = canvas.height = side;
  const brush = canvas.getContext("2d");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(source, (width - whole) / 2, (height - whole) / 2, whole, whole, 0, 0, side, side);
  const file = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return file ? file.arrayBuffer() : null;
}

/** Words of scanning codes: [Chinese, English]. */

/** @type {Record<string, [string, string]>} */
export const words = {
  'scan.button': ['扫码', 'Scan a code'],
  'scan.title': ['扫码', 'Scan a code'],
  'scan.lead': ['把二维码放进画面里。画面不会保存，也不会上传。', 'Hold the code into the picture. Nothing is kept or sent.'],
  'scan.photo': ['改为拍一张照片', 'Take a photograph instead'],
  'scan.done': ['已读到二维码。', 'The code was read.'],
  'scan.none': ['照片里没有读到二维码。请靠近一些、避开反光再拍，或直接输入。', 'No code was read in the photograph. Go closer, out of glare, or type it.'],
  'scan.noPicture': ['这个文件不是能打开的照片。', 'This file is no photograph that opens.'],
  'scan.noCamera': ['相机没有打开。请在浏览器里允许使用相机，或直接输入。', 'The camera did not open. Allow it in the browser, or type the code.'],
};
